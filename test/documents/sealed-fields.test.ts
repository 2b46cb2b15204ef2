// The documents name all that is sealed, and nothing but that, wherever they name a part of it.
import { expect, test } from 'vitest';
import { type SealedField, sealedFields } from '../../src/sealed-fields.js';
import { documents, documentText } from './documents.js';

const fields: readonly SealedField[] = sealedFields;
const ofUser = fields.filter(({ isUserInfo }) => isUserInfo);
const properties = ofUser.map(({ name }) => name.replace(/^.*\./, ''));

const pages = documents.map((name) => ({ name, text: documentText(name) }));
const textOf = (name: string) => pages.find((page) => page.name === name)?.text ?? '';

/** Paragraphs, items of lists and rows of tables. */
const passages = pages.flatMap(({ name, text }) => {
  const prose = text.replaceAll(/^ *```.*?^ *```$/gms, '');
  return prose.split(/\n(?=\n|\||- |\d\. )/).map((passage) => ({ name, passage }));
});

/** Those of `names` that stand in a text as code. */
const namedIn = (text: string, names: readonly string[]) =>
  names.filter((name) => text.includes(`\`${name}\``));

/** The rows of its tables that end so. */
const rowsOfSecurity = (end: string) =>
  textOf('SECURITY.md')
    .split('\n')
    .filter((line) => line.endsWith(`| ${end} |`));

test.each([
  ['properties', properties],
  ['columns', ofUser.map(({ column }) => column)],
])('a passage that names one of the %s that userInfo seals names all', (_, names) => {
  const own = names.filter((name) => name !== 'email');
  const naming = passages.filter(({ passage }) => namedIn(passage, own).length > 0);
  expect(naming.length).toBeGreaterThan(0);
  for (const { name, passage } of naming) {
    expect(namedIn(passage, names), `${name}: ${passage}`).toEqual(names);
  }
});

test('no document says in words of its own what userInfo seals', () => {
  for (const { name, passage } of passages) {
    expect(passage, name).not.toMatch(/\bnames?,? and e-?mails?\b/i);
  }
});

test('columns.md names every column, README.md and SECURITY.md every property of the user', () => {
  const columns = fields.map(({ column }) => column);
  expect(namedIn(textOf('docs/columns.md'), columns)).toEqual(columns);
  expect(namedIn(textOf('README.md'), properties)).toEqual(properties);
  const [row = ''] = rowsOfSecurity('Unless `userInfo: true`.');
  expect(namedIn(row, properties)).toEqual(properties);
});

test('SECURITY.md calls nothing readable that may be sealed, and counts the seals', () => {
  const others = rowsOfSecurity('As before.');
  expect(others).toHaveLength(1);
  const words = others[0]?.match(/\w+/g) ?? [];
  expect(words.filter((word) => properties.includes(word))).toEqual([]);
  expect(textOf('SECURITY.md')).toContain(`\`userInfo\` (up to ${ofUser.length} more each)`);
});
