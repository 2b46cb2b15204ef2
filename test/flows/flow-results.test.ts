import { expect, test } from 'vitest';
import { readSection } from '../documents/generated-sections.js';
import { flowTables, readResults } from './flow-results.js';
import { flows } from './flows.js';
import { storages } from './storages.js';

const results = readResults();

test('docs/compatibility.md has the table of the results', () => {
  expect(readSection('docs/compatibility.md', 'storages and flows'), 'npm run test:matrix').toBe(
    flowTables(results),
  );
});

test('the results are of every storage and every flow', async () => {
  const official = results.filter(({ framework }) => !framework.startsWith('shopify-api'));
  const names = await Promise.all(
    storages.map(async ({ load }) => (await load()).name.replace(/^official /, '')),
  );
  expect(new Set(official.map(({ storage }) => storage))).toEqual(new Set(names));
  expect(new Set(official.map(({ flow }) => flow))).toEqual(new Set(Object.keys(flows)));
});

test('wrapped, a storage never does worse than bare, and where bare goes wrong it does right', () => {
  const bare = results.filter(({ isWrapped }) => !isWrapped);
  expect(bare.some(({ checks }) => checks === 0)).toBe(true);
  for (const { framework, storage, flow, checks } of bare) {
    const wrapped = results.find(
      (one) =>
        one.isWrapped &&
        one.framework === framework &&
        one.storage === storage &&
        one.flow === flow,
    );
    expect(wrapped?.checks, `${framework}, ${storage}, ${flow}`).toBeGreaterThanOrEqual(
      Math.max(checks, 1),
    );
  }
});
