// The table of what the package was tried with is that of the last run of `npm run test:everywhere`.
import { expect, test } from 'vitest';
import { markdownTable, readResults } from '../everywhere/table.js';
import { readSection } from './generated-sections.js';

test('docs/compatibility.md shows what the last run found', () => {
  expect(readSection('docs/compatibility.md', 'runtimes')).toBe(markdownTable(readResults()));
});

test('every tool and runtime that was tried works', () => {
  const results = readResults();
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ result }) => result !== 'works')).toEqual([]);
});
