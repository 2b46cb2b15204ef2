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

test('CONTRIBUTING.md names only functions, classes and options that the sources have', () => {
  const tests = readdirSync(new URL('test/', repository))
    .filter((name) => name !== 'node_modules' && !name.includes('.'))
    .map((name) => `test/${name}`);
  const texts = ['src', 'packaging', ...tests].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, repository), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name))
      .map((name) => documentText(`${folder}/${name}`)),
  );
  const words = new Set(texts.join('\n').match(/\w+/g));
  const names = namesOf('CONTRIBUTING.md').filter((name) => /^\w*[a-z][A-Z]\w*$/.test(name));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !words.has(name))).toEqual([]);
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
