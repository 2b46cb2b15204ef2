// The sources say things plainly, too: in names of tests' subjects, comments and messages.
import { expect, test } from 'vitest';
import { sources, sourceText } from './docstrings.js';
import { retiredIn, retiredWords } from './retired-words.js';

test('no source has a turn of phrase that is retired', () => {
  const found = sources.flatMap((file) =>
    retiredIn(sourceText(file), retiredWords).map(
      ({ line, instead }) => `${file}:${line} -> ${instead}`,
    ),
  );
  expect(found).toEqual([]);
});
