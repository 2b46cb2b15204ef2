// Reads the documents at the top of the repository: their code blocks and tables.
import { readFileSync } from 'node:fs';

/** The folder of the repository. */
export const repository = new URL('../../', import.meta.url);

/** The text of a document, such as `README.md`. */
export const documentText = (name: string): string =>
  readFileSync(new URL(name, repository), 'utf8');

/** A fenced block of code. */
export interface CodeBlock {
  /** What stands behind the fence: the language, then the name that tests know the block by. */
  readonly language: string;
  readonly name: string | undefined;
  readonly code: string;
  /** The line of the document that it starts at. */
  readonly line: number;
}

/** Every fenced block of a document, in order. */
export function codeBlocks(document: string): CodeBlock[] {
  const text = documentText(document);
  return [...text.matchAll(/^( *)```([^\n]+)\n([\s\S]*?)^ *```$/gm)].map((match) => {
    const [, indent = '', info = '', code = ''] = match;
    const [language = '', name] = info.split(' ');
    const line = text.slice(0, match.index).split('\n').length + 1;
    return { language, name, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), line };
  });
}

/** The one block of this name. */
export function codeBlock(document: string, name: string): CodeBlock {
  const found = codeBlocks(document).filter((block) => block.name === name);
  if (found[0] === undefined || found.length > 1) {
    throw new Error(`${document} has ${found.length} blocks named ${name}, not one.`);
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
