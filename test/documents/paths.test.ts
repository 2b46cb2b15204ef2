// The files and npm scripts that the documents name exist.
import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents, documentText, repository, tableRows } from './documents.js';

const folders = 'src|test|scripts|benchmarks|demo|docs|examples|\\.github|\\.ci';

/** What a document names in code, outside its blocks. A name in `<…>` stands for any. */
const namesOf = (document: string): string[] =>
  [...documentText(document).matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name);

test.each(documents)('%s names only files that exist', (document) => {
  const paths = namesOf(document).filter((name) =>
    new RegExp(`^(${folders})(/[\\w./-]*)?$`).test(name),
  );
  const missing = paths.filter((path) => !existsSync(new URL(path, repository)));
  expect(missing).toEqual([]);
});

test.each(documents)('%s names only npm scripts that exist', (document) => {
  const { scripts } = JSON.parse(documentText('package.json'));
  const named = namesOf(document).flatMap((name) => /^npm run ([\w:-]+)/.exec(name)?.[1] ?? []);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('CONTRIBUTING.md says what belongs into each folder of the sources', () => {
  const folders = readdirSync(new URL('src/', repository), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}`);
  const described = tableRows('CONTRIBUTING.md', 'Folder').flatMap(([cell = '']) =>
    cell.split(', '),
  );
  expect(described).toEqual(expect.arrayContaining(folders));
});
