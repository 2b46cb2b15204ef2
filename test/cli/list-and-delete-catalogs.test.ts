// list and delete over storages that only a catalog reaches: DynamoDB, and KV, which cannot compare and swap.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KVSessionStorage } from '@shopify/shopify-app-session-storage-kv';
import { Miniflare } from 'miniflare';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { officialDynamodb } from '../conformance/backends/official-dynamodb.js';
import { officialRedis } from '../conformance/backends/official-redis.js';
import { expiringOfflineSession, onlineSession } from '../conformance/sessions.js';
import { redisClient } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { type Program, packedProgram } from './program.js';
import { bothKeys, oldKey, temporaryFolder } from './scene.js';

type Storage = ConstructorParameters<typeof EncryptedSessionStorage>[0];

let program: Program;
beforeAll(async () => {
  program = await packedProgram();
});

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
