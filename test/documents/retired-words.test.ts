// The documents do without the turns of phrase that made them hard to read.
import { expect, test } from 'vitest';
import { documents, documentText } from './documents.js';
import { retiredIn, retiredInDocuments, retiredWords } from './retired-words.js';

test.each(documents)('%s says things plainly', (document) => {
  const found = retiredIn(documentText(document), [...retiredWords, ...retiredInDocuments]);
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
