// Reads the documents of the repository: their code blocks and tables.
import { readdirSync, readFileSync } from 'node:fs';

/** The folder of the repository. */
export const repository = new URL('../../', import.meta.url);

/** Every Markdown file of these folders, by its path from the repository's folder. */
const markdownIn = (folder: string, recursive: boolean): string[] =>
  readdirSync(new URL(folder, repository), { recursive, encoding: 'utf8' })
    .map((path) => `${folder}${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules/'))
    .sort();

/** The documents that people read, such as `README.md` and `docs/keys.md`. */
export const documents: readonly string[] = [
  ...markdownIn('', false),
  ...markdownIn('docs/', true),
  ...markdownIn('benchmarks/', false),
];

/** The text of a document, such as `README.md`. */
export const documentText = (name: string): string =>
  readFileSync(new URL(name, repository), 'utf8');

/** A fenced block of code. */
export interface CodeBlock {
  /** The document and the line that it starts at, such as `README.md:12`. */
  readonly at: string;
  /** What stands behind the fence: the language, then the name that tests know the block by. */
  readonly language: string;
  readonly name: string | undefined;
  readonly code: string;
}

/** Every fenced block of a document, in order. */
export function codeBlocks(document: string): CodeBlock[] {
  const text = documentText(document);
  return [...text.matchAll(/^( *)```([^\n]+)\n([\s\S]*?)^ *```$/gm)].map((match) => {
    const [, indent = '', info = '', code = ''] = match;
    const [language = '', name] = info.split(' ');
    const line = text.slice(0, match.index).split('\n').length + 1;
    const unindented = code.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    return { at: `${document}:${line}`, language, name, code: unindented };
  });
}

/** Every fenced block of every document. */
export const allCodeBlocks: readonly CodeBlock[] = documents.flatMap(codeBlocks);

/** The one block of this name, in whichever document it is. */
export function codeBlock(name: string): CodeBlock {
  const found = allCodeBlocks.filter((block) => block.name === name);
  if (found[0] === undefined || found.length > 1) {
    throw new Error(`The documents have ${found.length} blocks named ${name}, not one.`);
  }
  return found[0];
}

/** The rows of the one table whose first column has this title, without Markdown's own characters. */
export function tableRows(document: string, firstTitle: string): string[][] {
  const tables = documentText(document)
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n|'));
  const rows = tables.filter(([, head]) => cells(head ?? '')[0] === firstTitle);
  if (rows[0] === undefined || rows.length > 1) {
    throw new Error(
      `${document} has ${rows.length} tables that start with ${firstTitle}, not one.`,
    );
  }
  return rows[0].slice(3).map(cells);
}

const cells = (row: string): string[] =>
  row
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.replaceAll('`', '').trim());
