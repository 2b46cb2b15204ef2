// Every guarantee in SECURITY.md names a test that there is.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { repository, tableRows } from './documents.js';

const guarantees = tableRows('SECURITY.md', 'Guarantee').map(([guarantee = '', named = '']) => {
  const [, file = '', title = ''] = /^(\S+): (.+)$/.exec(named) ?? [];
  return { guarantee, file, title };
});

test('there are guarantees', () => {
  expect(guarantees.length).toBeGreaterThan(8);
});

test.each(guarantees)('$guarantee', ({ file, title }) => {
  const place = new URL(file, repository);
  expect(existsSync(place), file).toBe(true);
  const titles = readFileSync(place, 'utf8').matchAll(/['"`]((?:\\.|[^'"`\\\n])+)['"`]/g);
  expect([...titles].map(([, text]) => text)).toContain(title);
});
