// Documents, sources and tests do without the turns of phrase that made them hard to read.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents, documentText, repository } from './documents.js';
import { retiredIn, retiredInDocuments, retiredWords } from './retired-words.js';

test.each(documents)('%s says things plainly', (document) => {
  const found = retiredIn(documentText(document), [...retiredWords, ...retiredInDocuments]);
  expect(found).toEqual([]);
});

/** The files of code in a folder, without what is installed or built there. */
function codeIn(folder: string): string[] {
  return readdirSync(new URL(folder, repository), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) {
      return ['node_modules', 'build', 'dist'].includes(entry.name) ? [] : codeIn(`${path}/`);
    }
    return /\.(?:ts|tsx|js|mjs)$/.test(path) && !path.includes('/retired-words') ? [path] : [];
  });
}

test.each([
  ...['src/', 'test/', 'demo/', 'examples/'],
  ...['packaging/', 'benchmarks/', 'scripts/'],
])('the code in %s says things plainly', (folder) => {
  const found = codeIn(folder).flatMap((path) =>
    retiredIn(readFileSync(new URL(path, repository), 'utf8'), retiredWords).map((word) => ({
      path,
      ...word,
    })),
  );
  expect(found).toEqual([]);
});

test.each([
  ['An option that means nothing.', 'is invalid'],
  ['This is no session.', 'is not a'],
  ['by who can write', 'anyone who'],
  ['Who has the key may read.', 'Anyone who'],
])('%s is found', (line, instead) => {
  expect(retiredIn(line, retiredWords)).toEqual([{ line: `1: ${line}`, instead }]);
});

test.each(['There is no such key.', 'It is no longer used.', 'Anyone who reads it.'])(
  '%s is plain',
  (line) => {
    expect(retiredIn(line, retiredWords)).toEqual([]);
  },
);
