// The examples that need no building, started by the command of their README against the fake Shopify.
// `npm run test:everywhere` installs all of them as a reader does.
import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedServer } from '../servers/shared.js';
import { exampleFlows } from './example-flows.js';
import { createLinkedExamples, type LinkedExamples, startLinked } from './linked-examples.js';

const folder = new URL('../../examples/', import.meta.url);
const entries = await readdir(folder, { withFileTypes: true });
const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

test('every example is tested', () => {
  expect(Object.keys(exampleFlows).sort()).toEqual(names.sort());
});

test.each(names)('%s has a README of at most ten lines, with its two commands', async (name) => {
  const readme = await readFile(new URL(`${name}/README.md`, folder), 'utf8');
  expect(readme.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(10);
  expect(readme).toMatch(/^```sh\nnpm install\nnpm (?:start|test)\n```$/m);
});

const linked = Object.entries(exampleFlows).filter(([, flow]) => flow.linked);

describe('with packages that are linked', () => {
  let examples: LinkedExamples;
  beforeAll(async () => {
    examples = await createLinkedExamples();
  }, 300_000);

  for (const [name, { does, server, run }] of linked) {
    const isMissing = server !== undefined && sharedServer(server) === undefined;
    test.skipIf(isMissing)(`${name} ${does}`, () => run(startLinked(examples, name)));
  }
});
