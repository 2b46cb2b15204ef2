// Writes the sections of the documents that tests generate: the text between
// `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
import { readFileSync, writeFileSync } from 'node:fs';
import { repository } from './documents.js';

/**
 * What a generated section holds now.
 *
 * @throws {Error} The document does not have the two marks, in this order.
 */
export function readSection(document: string, name: string): string {
  return split(document, name).section;
}

/** Writes a generated section; blank lines around `markdown` are put there. */
export function writeSection(document: string, name: string, markdown: string): void {
  const { before, after } = split(document, name);
  const section = markdown.trim() === '' ? '\n' : `\n\n${markdown.trim()}\n\n`;
  writeFileSync(new URL(document, repository), `${before}${section}${after}`);
}

function split(document: string, name: string) {
  const text = readFileSync(new URL(document, repository), 'utf8');
  const [begin, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [first, last] = [text.indexOf(begin), text.indexOf(end)];
  if (first === -1 || last < first) {
    throw new Error(
      `${document} lacks one of these two lines, or their order: ${begin} and ${end}`,
    );
  }
  const from = first + begin.length;
  return {
    before: text.slice(0, from),
    section: text.slice(from, last).trim(),
    after: text.slice(last),
  };
}
