// The documents name all that is sealed, and nothing but that, wherever they name a part of it.
import { expect, test } from 'vitest';
import { type SealedField, sealedFields } from '../../src/sealed-fields.js';
import { documents, documentText } from './documents.js';

const fields: readonly SealedField[] = sealedFields;
const ofUser = fields.filter(({ isUserInfo }) => isUserInfo);
const propertyOf = ({ name }: SealedField) => name.replace(/^.*\./, '');
const properties = ofUser.map(propertyOf);
/** One word for both says of neither which is meant. */
const ambiguous = ofUser.filter((field) => field.column === propertyOf(field)).map(propertyOf);

/** The docstring of the option, from which the documents' tables are generated. */
const docstring = {
  name: 'src/encrypted-session-storage/options.ts',
  text: /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+readonly userInfo\?/.exec(
    documentText('src/encrypted-session-storage/options.ts'),
  )?.[1],
};

/** A changelog says what was sealed at the time. */
const pages = documents
  .filter((name) => name !== 'CHANGELOG.md')
  .map((name) => ({ name, text: documentText(name) }));
const textOf = (name: string) => pages.find((page) => page.name === name)?.text ?? '';

/** Paragraphs, items of lists and rows of tables. */
const passages = [...pages, docstring].flatMap(({ name, text = '' }) => {
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

const unlessAsked = 'Unless `userInfo: true`.';

test.each([
  ['properties', properties],
  ['columns', ofUser.map(({ column }) => column)],
])('a passage that names one of the %s that userInfo seals names all', (_, names) => {
  const own = names.filter((name) => !ambiguous.includes(name));
  const naming = passages.filter(({ passage }) => namedIn(passage, own).length > 0);
  expect(naming.length, 'no passage names any').toBeGreaterThan(0);
  const incomplete = naming.flatMap(({ name, passage }) => {
    const missing = names.filter((one) => !namedIn(passage, [one]).length);
    return missing.length === 0
      ? []
      : [`${name} lacks ${missing.join(', ')} in: ${passage.trim()}`];
  });
  expect(incomplete, `each of these passages has to name ${names.join(', ')}`).toEqual([]);
});

test('the docstring of the option userInfo names every property', () => {
  expect(namedIn(docstring.text ?? '', properties), `the docstring in ${docstring.name}`).toEqual(
    properties,
  );
});

test('no document says in words of its own what userInfo seals', () => {
  const found = passages.filter(({ passage }) => /\bnames?,? and e-?mails?\b/i.test(passage));
  expect(found, 'name the properties, as code').toEqual([]);
});

test('columns.md names every column, README.md and SECURITY.md every property of the user', () => {
  const columns = fields.map(({ column }) => column);
  expect(namedIn(textOf('docs/columns.md'), columns), 'docs/columns.md').toEqual(columns);
  expect(namedIn(textOf('README.md'), properties), 'README.md').toEqual(properties);
  const [row = ''] = rowsOfSecurity(unlessAsked);
  expect(namedIn(row, properties), `the row of SECURITY.md that ends "${unlessAsked}"`).toEqual(
    properties,
  );
});

test('SECURITY.md calls nothing readable that may be sealed, and counts the seals', () => {
  const others = rowsOfSecurity('As before.');
  expect(others, 'rows of SECURITY.md that end "As before."').toHaveLength(1);
  const words = others[0]?.match(/\w+/g) ?? [];
  expect(
    words.filter((word) => properties.includes(word)),
    'the row of SECURITY.md that ends "As before." names what may be sealed',
  ).toEqual([]);
  const count = `\`userInfo\` (up to ${ofUser.length} more each)`;
  expect(textOf('SECURITY.md'), `SECURITY.md has to say: ${count}`).toContain(count);
});
