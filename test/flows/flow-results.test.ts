import { expect, test } from 'vitest';
import { readSection } from '../documents/generated-sections.js';
import { flowTables, readResults } from './flow-results.js';
import { flowsOf, frameworks } from './frameworks.js';
import { legacyFlows, legacyStorageNames, releases } from './legacy-flows.js';
import { storages } from './storages.js';

const results = readResults();

test('docs/compatibility.md has the table of the results', () => {
  expect(readSection('docs/compatibility.md', 'storages and flows'), 'npm run test:matrix').toBe(
    flowTables(results),
  );
});

test('the results are of the frameworks, storages and flows that are declared', async () => {
  const found = results.map(({ framework, storage, flow, isWrapped }) =>
    [framework, storage, flow, isWrapped ? 'wrapped' : 'bare'].join(': '),
  );
  expect(found.sort(), 'npm run test:matrix').toEqual((await declaredResults()).sort());
});

/** One line for each result that `npm run test:matrix` has to have. */
async function declaredResults(): Promise<string[]> {
  const declared: string[] = [];
  const add = (...parts: string[]) => {
    for (const title of ['bare', 'wrapped']) declared.push([...parts, title].join(': '));
  };
  for (const { load } of storages) {
    const storage = (await load()).name.replace(/^official /, '');
    for (const framework of frameworks) {
      for (const flow of flowsOf(framework)) add(framework.name, storage, flow);
    }
  }
  for (const release of releases) {
    for (const storage of legacyStorageNames) {
      for (const flow of Object.keys(legacyFlows)) add(release, storage, flow);
    }
  }
  return declared;
}

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
