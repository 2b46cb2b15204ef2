// All of this folder once more where there is no module of Node, so that jose and WebCrypto seal and
// open: what can be seen from outside is the same.
import { readdirSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';

vi.hoisted(() => {
  process.getBuiltinModule = (() => undefined) as typeof process.getBuiltinModule;
});

const here = new URL('.', import.meta.url);
const others = readdirSync(here).filter(
  (name) => name.endsWith('.test.ts') && !name.startsWith('without-node-crypto'),
);

describe('without node:crypto', async () => {
  test('sealing takes its time', async () => {
    const { createNodeCodec } = await import('../../src/sealed-token/node-codec.js');
    expect(createNodeCodec()).toBeUndefined();
    expect(others.length).toBeGreaterThan(10);
  });

  for (const name of others) {
    describe(name, async () => {
      await import(new URL(name, here).href);
    });
  }
});
