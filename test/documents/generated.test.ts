// The generated sections of the documents are what the sources say. `npm run generate` writes them.
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.js';
import { exportedNames, sources } from './docstrings.js';
import { documents, documentText } from './documents.js';
import { generatedSection } from './generated.js';
import { readSection, writeSection } from './generated-sections.js';

const sections = documents.flatMap((document) =>
  [...documentText(document).matchAll(/^ *<!-- generated: (.+) -->$/gm)].map(([, name = '']) => ({
    document,
    name,
  })),
);

/** Suites write these when they have measured what they say, and hold them against it. */
const measured = ['runtimes', 'storages and flows'];

test.each(sections)('$document, $name', ({ document, name }) => {
  const expected = generatedSection(name);
  if (expected === undefined) {
    expect(measured, 'nothing generates this section').toContain(name);
    expect(readSection(document, name)).not.toBe('');
    return;
  }
  if (process.env.UPDATE_DOCUMENTS === '1') writeSection(document, name, expected);
  expect(readSection(document, name), 'npm run generate').toBe(expected);
});

/** README.md has these. */
const describedElsewhere = ['options: EncryptedSessionStorageOptions'];
const names = sections.map(({ name }) => name);

test('every interface of options that an entry exports is in a document', () => {
  const entries = sources.filter((file) => /^src\/(open\/|catalogs\/\w+\/)?index\.ts$/.test(file));
  // Those of the catalogs are in one section.
  const options = entries
    .flatMap(exportedNames)
    .filter((name) => /Options$/.test(name) && !/CatalogOptions$/.test(name));
  const described = new Set([...names, ...describedElsewhere]);
  expect([...new Set(options)].filter((name) => !described.has(`options: ${name}`))).toEqual([]);
});

test('every command is in a document', () => {
  expect(names).toEqual(expect.arrayContaining(commands.map(({ name }) => `command: ${name}`)));
  expect(names).toEqual(expect.arrayContaining(['commands', 'exit codes', 'catalog options']));
});
