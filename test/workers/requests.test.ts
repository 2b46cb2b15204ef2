// Storages and key rings of a Worker's module are used by many requests. Whatever a request began ends with it,
// and no request may touch what another one began: on Cloudflare's own runtime.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare, type Request, Response } from 'miniflare';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EncryptedSessionStorage, generateKey, Keyring } from '../../src/index.js';
import type { SessionLike, SessionStorageLike } from '../../src/session.js';

let script: string;
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    alias: { buffer: fileURLToPath(new URL('no-buffer.ts', import.meta.url)) },
    external: ['node:*', '@shopify/shopify-api', 'pg', 'mysql2', 'redis', 'libsql'],
    logLevel: 'error',
  });
  script = outputFiles[0]?.text ?? '';
});

const [old, fresh] = ['old', 'new'].map((kid) => generateKey({ kid }).text) as [string, string];

/** What the Worker's own calls meet. */
let keys: string;
let loads: number;
let records: Map<string, string>;
/** While it is there, those calls wait for it. */
let held: Promise<void> | undefined;
let release: () => void;
let worker: Miniflare;

function hold(): void {
  held = new Promise((resolve) => {
    release = () => {
      held = undefined;
      resolve();
    };
  });
}

async function outside(request: Request): Promise<Response> {
  const [, operation, key = ''] = new URL(request.url).pathname.split('/');
  const body = await request.text();
  if (operation === 'keys') loads++;
  await held;
  if (operation === 'keys') return new Response(keys);
  if (operation === 'set') records.set(key, body);
  if (operation === 'delete') records.delete(key);
  return new Response(operation === 'get' ? (records.get(key) ?? '') : '');
}

/** What the Worker answers, which it does in any case. */
async function ask(path: string, body?: unknown): Promise<string> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await worker.dispatchFetch(`http://worker/${path}`, init);
  return answer.text();
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000));

/** Asks until the answer is the one expected, as an app's next requests do. */
async function until(path: string, expected: string): Promise<void> {
  await expect.poll(() => ask(path), { timeout: 20_000, interval: 100 }).toBe(expected);
}

describe.each([
  ['without Node.js', []],
  ['with nodejs_compat', ['nodejs_compat']],
])('on Cloudflare Workers %s', (_name, compatibilityFlags) => {
  beforeEach(async () => {
    keys = old;
    loads = 0;
    records = new Map();
    held = undefined;
    release = () => {};
    worker = new Miniflare({
      modules: [{ type: 'ESModule', path: 'worker.mjs', contents: script }],
      compatibilityDate: '2026-01-01',
      compatibilityFlags,
      outboundService: outside as never,
    });
    await worker.ready;
  });
  afterEach(async () => {
    release();
    await worker.dispose();
  });

  describe.each(['memory', 'keyv', 'remote'])('a storage of the module (%s)', (storage) => {
    test('serves requests one after the other', async () => {
      for (let n = 0; n < 12; n++) expect(await ask(`${storage}/use/offline_${n}`)).toBe('ok');
    });

    test('serves requests at the same time, of one shop and one session too', async () => {
      const paths = Array.from({ length: 12 }, (_, n) => `${storage}/use/offline_${n % 8}`);
      expect(await Promise.all(paths.map((path) => ask(path)))).toEqual(paths.map(() => 'ok'));
    });
  });

  test.each(['remote', 'kv'])(
    'a request that ends in the middle of a write blocks none (%s)',
    async (storage) => {
      for (const id of ['offline_one', 'offline_two']) {
        hold();
        expect(await ask(`${storage}/leave/${id}`)).toBe('left');
        await seconds(0.1);
        release();
      }
      await until(`${storage}/store/offline_one`, 'true');
      await until(`${storage}/store/offline_three`, 'true');
    },
  );

  describe('a key ring from a source', () => {
    /** A load is begun by a request that ends before it is answered. */
    async function leaveLoad(): Promise<void> {
      await ask('sourced/use/offline_a');
      await seconds(1.1);
      hold();
      await ask('sourced/use/offline_a');
      release();
    }

    test('is loaded again, though the request that began to load it ended', async () => {
      await leaveLoad();
      keys = `${fresh},${old}`;
      await until('sourced/primary', 'new');
    });

    test('opens a token of a new key, though the request that began to load it ended', async () => {
      await leaveLoad();
      keys = `${fresh},${old}`;
      await ask('sourced/put/offline_b', await sealedBy(fresh));
      expect(await ask('sourced/load/offline_b')).toBe('token of offline_b');
    });

    test('seals with the new key after a rest, and after a request that ended while it waited', async () => {
      await ask('sourced/use/offline_a');
      keys = fresh;
      await seconds(2.1);
      hold();
      expect(await ask('sourced/leave/offline_a')).toBe('left');
      await seconds(0.1);
      release();
      expect(await ask('sourced/use/offline_b')).toBe('ok');
      expect(kidOf(await ask('sourced/row/offline_b'))).toBe('new');
      await until('sourced/store/offline_a', 'true');
      expect(kidOf(await ask('sourced/row/offline_a'))).toBe('new');
      expect(loads).toBeLessThan(6);
    });
  });
});

async function sealedBy(text: string): Promise<SessionLike | undefined> {
  let sealed: SessionLike | undefined;
  const inner: SessionStorageLike = {
    storeSession: async (session: SessionLike) => {
      sealed = session;
      return true;
    },
    loadSession: async () => undefined,
    deleteSession: async () => true,
  };
  const session = {
    id: 'offline_b',
    shop: 'a.myshopify.com',
    accessToken: 'token of offline_b',
  };
  await new EncryptedSessionStorage(inner, { keyring: Keyring.parse(text) }).storeSession(session);
  return sealed;
}

function kidOf(token: string): string {
  const [header = ''] = token.split('.');
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
}
