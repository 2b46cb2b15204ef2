// list and delete over storages that only a catalog reaches: DynamoDB, and KV, which cannot compare and swap.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KVSessionStorage } from '@shopify/shopify-app-session-storage-kv';
import { Miniflare } from 'miniflare';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { officialDynamodb } from '../conformance/backends/official-dynamodb.js';
import { officialRedis } from '../conformance/backends/official-redis.js';
import { expiringOfflineSession, onlineSession } from '../conformance/sessions.js';
import { redisClient } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, oldKey, temporaryFolder } from './scene.js';

type Storage = ConstructorParameters<typeof EncryptedSessionStorage>[0];

const program = await packedProgram();

const [leaving, staying] = ['leaving.myshopify.com', 'staying.myshopify.com'];

async function fill(inner: Storage): Promise<void> {
  const storage = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(oldKey) });
  for (const shop of [leaving, staying]) {
    await storage.storeSession(expiringOfflineSession(shop));
    await storage.storeSession(onlineSession(shop, 7));
  }
}

/** Runs commands in a folder with this module as the catalog. */
async function commandsWith(folder: string, catalog: string) {
  await writeFile(join(folder, 'catalog.mjs'), catalog);
  return (...args: string[]) =>
    program.run([...args, '--catalog', './catalog.mjs'], { env: bothKeys, cwd: folder });
}

const importOf = (names: string, url: string) =>
  `import { ${names} } from ${JSON.stringify(url)};\n`;
const entry = (name: string) => pathToFileURL(join(program.folder, `dist/${name}.mjs`)).href;
const installed = (name: string) => import.meta.resolve(name);

it('lists and deletes the sessions of a shop in DynamoDB', async () => {
  const place = await officialDynamodb.create('');
  onTestFinished(() => officialDynamodb.drop(place));
  const { storage, close } = await officialDynamodb.connect(place);
  onTestFinished(close);
  await fill(storage);
  const run = await commandsWith(
    await temporaryFolder(),
    importOf('DynamoDB', installed('@aws-sdk/client-dynamodb')) +
      importOf('dynamodbCatalog', entry('dynamodb')) +
      `const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
       const options = { endpoint: '${place.endpoint}', region: 'local', credentials };
       export default dynamodbCatalog(new DynamoDB(options));`,
  );

  const listed = await run('list', '--shop', leaving);
  expect(listed.stderr).toContain('2 of 4 sessions.');
  expect(listed.stdout).toContain(`offline_${leaving}  ${leaving}  old  sealed`);
  expect(await run('delete', '--shop', leaving, '--yes')).toMatchObject({ code: 0 });
  expect((await run('list')).stderr).toContain('2 of 2 sessions.');
  expect(await storage.findSessionsByShop(leaving)).toEqual([]);
  expect(await storage.findSessionsByShop(staying)).toHaveLength(2);
});

it('lists and deletes the sessions of a shop in KV, where that is allowed', async () => {
  const folder = await temporaryFolder();
  const options = {
    modules: true,
    script: 'export default {};',
    kvNamespaces: ['SESSIONS'],
    kvPersist: join(folder, 'kv'),
  };
  /** One runtime at a time has the files. */
  async function withStorage<T>(use: (storage: KVSessionStorage) => Promise<T>): Promise<T> {
    const runtime = new Miniflare(options);
    try {
      return await use(new KVSessionStorage((await runtime.getKVNamespace('SESSIONS')) as never));
    } finally {
      await runtime.dispose();
    }
  }
  await withStorage(fill);
  const run = await commandsWith(
    folder,
    importOf('Miniflare', installed('miniflare')) +
      importOf('kvCatalog', entry('kv')) +
      `const runtime = new Miniflare(${JSON.stringify(options)});
       const catalog = kvCatalog(await runtime.getKVNamespace('SESSIONS'));
       export default Object.assign(catalog, { disconnect: () => runtime.dispose() });`,
  );

  const listed = await run('list', '--shop', leaving);
  expect(listed.stderr).toContain('2 of 4 sessions.');
  expect(listed.stdout).toContain(`offline_${leaving}  ${leaving}  old  sealed`);
  const refused = await run('delete', '--shop', leaving, '--yes');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--allow-non-atomic');
  const allowed = await run('delete', '--shop', leaving, '--yes', '--allow-non-atomic');
  expect(allowed, allowed.stderr).toMatchObject({ code: 0 });
  await withStorage(async (storage) => {
    expect(await storage.findSessionsByShop(leaving)).toEqual([]);
    expect((await storage.findSessionsByShop(staying)).map(({ id }) => id).sort()).toEqual([
      `offline_${staying}`,
      `${staying}_7`,
    ]);
  });
}, 240_000);

it('delete says how many sessions it could not remove beside those that it names', async () => {
  const run = await commandsWith(
    await temporaryFolder(),
    importOf('RecordUnreadableError', entry('index')) +
      `const sessions = Array.from({ length: 25 }, (_, n) => ({
         id: 'offline_' + n,
         shop: n + '.myshopify.com',
         isOnline: false,
         accessToken: 'shpat_' + n,
       }));
       export default {
         async *sessions() {
           yield* sessions;
         },
         replaceSession: async () => false,
         async removeSession({ shop }) {
           throw new RecordUnreadableError('The list of shop ' + shop + ' is damaged.');
         },
       };`,
  );

  const { code, stderr } = await run('delete', '--plaintext', '--yes');

  expect(code).toBe(1);
  expect(stderr.match(/The list of shop/g)).toHaveLength(20);
  expect(stderr).toContain('5 more could not be removed.');
});

it.each([
  ['may have been carried out', 'true', true],
  ['was never sent', 'false', false],
])('delete names the session of a removal that %s', async (_, mayHaveTakenEffect, isNamed) => {
  const run = await commandsWith(
    await temporaryFolder(),
    importOf('StoreUnavailableError', entry('index')) +
      `const sessions = [1, 2, 3].map((n) => ({ id: 'offline_' + n, shop: n + '.myshopify.com', accessToken: 'shpat_' + n }));
       export default {
         async *sessions() {
           yield* sessions;
         },
         replaceSession: async () => false,
         async removeSession({ id }) {
           if (id !== 'offline_2') return true;
           throw new StoreUnavailableError('The session store did not answer.', { mayHaveTakenEffect: ${mayHaveTakenEffect} });
         },
       };`,
  );

  const { code, stdout, stderr } = await run('delete', '--plaintext', '--yes', '--json');

  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject([{ id: 'offline_1' }]);
  expect(stderr).toContain('1 of 2 sessions removed.');
  expect(stderr.includes('Session offline_2 may have been removed as well')).toBe(isNamed);
});

describe('a catalog of the app that', () => {
  /** A catalog of these expressions, each a session or what is thrown in its place; it removes what it has. */
  const catalogOf = (yielded: readonly string[], removeSession = 'true') =>
    importOf('StoreUnavailableError', entry('index')) +
    `const session = (n, more) => ({
       id: 'offline_' + n, shop: n + '.myshopify.com', isOnline: false, accessToken: 'shpat_' + n, ...more,
     });
     const fail = (message) => {
       throw new StoreUnavailableError(message);
     };
     export default {
       async *sessions() {
         ${yielded.map((one) => `yield ${one};`).join('\n')}
       },
       replaceSession: async () => false,
       removeSession: async ({ id }) => ${removeSession},
     };`;
  const failing = ['session(1)', 'session(2)', 'session(3)', "fail('The store is down.')"];

  it('has a session without a shop: it is listed, and deleted as the others are', async () => {
    const run = await commandsWith(
      await temporaryFolder(),
      catalogOf(['session(1)', 'session(2, { shop: undefined })', 'session(3)']),
    );

    const listed = await run('list');
    expect(listed, listed.stderr).toMatchObject({ code: 0 });
    expect(listed.stdout).toContain('offline_2  -  -  plaintext\n');
    expect(JSON.parse((await run('list', '--json')).stdout)[1]).toEqual({
      id: 'offline_2',
      online: false,
      kids: [],
      state: 'plaintext',
      codes: [],
    });
    expect((await run('list', '--shop', '3.myshopify.com')).stderr).toContain('1 of 3 sessions.');
    const deleted = await run('delete', '--plaintext', '--yes');
    expect(deleted, deleted.stderr).toMatchObject({ code: 0 });
    expect(deleted.stderr).toContain('3 of 3 sessions removed.');
  });

  it('has a sealed session without a shop: it is unreadable, for that reason', async () => {
    let sealed: unknown;
    const inner = {
      storeSession: async (session: unknown) => {
        sealed = session;
        return true;
      },
      loadSession: async () => undefined,
      deleteSession: async () => true,
    };
    await fill(inner);
    const { accessToken } = sealed as { accessToken: string };
    const more = `{ shop: undefined, accessToken: '${accessToken}' }`;
    const run = await commandsWith(await temporaryFolder(), catalogOf([`session(1, ${more})`]));

    const { code, stdout, stderr } = await run('list', '--unreadable');

    expect(code, stderr).toBe(0);
    expect(stdout).toBe('offline_1  -  old  unreadable  ERR_TOKEN_CONTEXT\n');
  });

  it('fails while sessions are listed: says how many there were, and ends the list', async () => {
    const run = await commandsWith(await temporaryFolder(), catalogOf(failing));

    const { code, stdout, stderr } = await run('list', '--json');

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toHaveLength(3);
    expect(stderr).toContain(
      '3 of 3 sessions.\nError: Listing stopped after 3 sessions: The store is down.',
    );
  });

  it.each([
    ['the list of sessions', failing, 'true'],
    [
      'a removal',
      ['session(1)', 'session(2)', 'session(3)', 'session(4)'],
      "id !== 'offline_4' || fail('The store is down.')",
    ],
  ])('fails at %s: delete says how many it has removed', async (_, yielded, removeSession) => {
    const run = await commandsWith(await temporaryFolder(), catalogOf(yielded, removeSession));
    const scanned = yielded.filter((one) => one.startsWith('session')).length;

    for (const form of ['--json', '--csv']) {
      const { code, stdout, stderr } = await run('delete', '--plaintext', '--yes', form);

      expect(code).toBe(3);
      expect(stderr).toContain(
        `3 of ${scanned} sessions removed.\nError: Removing stopped after ${scanned} sessions: The store is down.`,
      );
      if (form === '--json') expect(JSON.parse(stdout)).toHaveLength(3);
    }
  });

  it.each(['null', '{}', 'session(undefined, { id: 7 })'])(
    'yields %s, after sessions and at once: only the latter is nothing begun',
    async (wrong) => {
      const folder = await temporaryFolder();
      for (const [before, code] of [
        [['session(1)'], 3],
        [[], 2],
      ] as const) {
        const run = await commandsWith(folder, catalogOf([...before, wrong]));
        for (const args of [['list'], ['delete', '--plaintext', '--yes']]) {
          const ended = await run(...args);
          expect(ended, ended.stderr).toMatchObject({ code });
          expect(ended.stderr).toContain("The catalog's sessions() must yield sessions");
          expect(ended.stderr.includes('1 of 1 sessions')).toBe(code === 3);
        }
        const inspected = await run('inspect', 'not-there');
        expect(inspected, inspected.stderr).toMatchObject({ code: 2 });
        expect(inspected.stderr).toContain("The catalog's sessions() must yield sessions");
      }
    },
  );

  it('cannot be reached: no list is begun', async () => {
    const run = await commandsWith(
      await temporaryFolder(),
      catalogOf(["fail('The store is down.')"]),
    );
    const { code, stdout, stderr } = await run('list', '--json');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('Error: The store is down.');
  });
});

const redis = sharedServer('redis');

it.skipIf(redis === undefined)(
  'delete goes on past a shop whose list in Redis is damaged, and names it',
  async () => {
    const place = await officialRedis.create(String(redis));
    onTestFinished(() => officialRedis.drop(place));
    const { storage, close } = await officialRedis.connect(place);
    onTestFinished(close);
    await fill(storage);
    const client = redisClient(String(redis));
    await client.connect();
    onTestFinished(() => client.destroy());
    const damaged = `${place.prefix}_${leaving}`;
    await client.set(damaged, '["offline_leaving');

    const args = [
      '--store',
      String(redis),
      '--layout',
      'official',
      '--table',
      String(place.prefix),
    ];
    const { code, stdout, stderr } = await program.run(
      ['delete', ...args, '--kid', 'old', '--yes'],
      {
        env: bothKeys,
      },
    );

    expect(code, stderr).toBe(1);
    expect(stderr).toContain(`under the key ${damaged}, is not a JSON list`);
    expect(stderr).toContain('2 of 4 sessions removed.');
    expect(stdout).not.toContain(leaving);
    expect(await storage.findSessionsByShop(staying)).toEqual([]);
    expect(await storage.loadSession(`offline_${leaving}`)).toBeDefined();
    expect(await client.get(damaged)).toBe('["offline_leaving');
  },
);
