// The server under a catalog, opened as the README says, is killed in the middle of rotate and started
// again: the run ends with a clear error, and another run completes.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { offlineSession } from '../conformance/sessions.js';
import { canStartPostgres, startPostgres } from '../servers/postgres.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { type Program, packedProgram } from './program.js';
import { bothKeys, oldKey, temporaryFolder } from './scene.js';

const require = createRequire(import.meta.url);
const sessions = 60;

let program: Program;
beforeAll(async () => {
  program = await packedProgram();
});

const stores = [
  {
    name: 'Redis',
    canStart: canStartRedis,
    start: () => startRedis(),
    storage: (url: string) => new RedisSessionStorage(url),
    catalog: 'redisCatalog(await createClient({ url }).connect(), { deadline: 2000 })',
    imports: { redisCatalog: 'dist/catalogs/redis.js', createClient: 'redis' },
  },
  {
    name: 'PostgreSQL',
    canStart: canStartPostgres,
    start: () => startPostgres(),
    storage: (url: string) => new PostgreSQLSessionStorage(url),
    catalog:
      'postgresqlCatalog(new pg.default.Pool({ connectionString: url }), { deadline: 2000 })',
    imports: { postgresqlCatalog: 'dist/catalogs/postgresql.js', '* as pg': 'pg' },
  },
];

/** A module for `--catalog`, whose catalog stops before its 21st write until SIGUSR2 comes. */
async function catalogModule(
  url: string,
  { catalog, imports }: (typeof stores)[number],
): Promise<string> {
  const path = join(await temporaryFolder(), 'catalog.mjs');
  const lines = Object.entries(imports).map(([names, from]) => {
    const file = from.startsWith('dist/') ? join(program.folder, from) : require.resolve(from);
    return `import ${names.startsWith('*') ? names : `{ ${names} }`} from ${JSON.stringify(file)};`;
  });
  await writeFile(
    path,
    `${lines.join('\n')}
    const url = ${JSON.stringify(url)};
    const catalog = ${catalog};
    // What listens to a signal does not keep a process alive.
    if (process.env.STOPS) setInterval(() => {}, 1000);
    const gone = new Promise((resolve) => process.once('SIGUSR2', resolve));
    let writes = 0;
    export default {
      sessions: () => catalog.sessions(),
      loadSession: (id) => catalog.loadSession(id),
      async replaceSession(current, next) {
        if (process.env.STOPS && ++writes === 21) console.error('twenty done');
        if (writes > 20) await gone;
        return catalog.replaceSession(current, next);
      },
      disconnect: () => catalog.disconnect(),
    };`,
  );
  return path;
}

describe.each(stores)('encrypted-sessions rotate on the official $name storage', (store) => {
  it.skipIf(!store.canStart())(
    'exits with 3 when the server is killed in the middle, and a second run completes',
    async () => {
      const server = await store.start();
      onTestFinished(() => server.stop());
      const inner = store.storage(server.url);
      const app = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(oldKey) });
      for (let n = 0; n < sessions; n++) {
        await app.storeSession(offlineSession(`shop-${n}.myshopify.com`));
      }
      // It would not survive the server.
      await inner.disconnect();
      const catalog = await catalogModule(server.url, store);
      const args = ['rotate', '--catalog', catalog, '--concurrency', '1', '--json'];

      const running = await program.start(
        args,
        { env: { ...bothKeys, STOPS: 'yes' } },
        'twenty done',
      );
      await server.kill();
      running.kill('SIGUSR2');
      const failed = await running.ended;

      expect(failed.stderr).toMatch(
        /Error: Re-encryption stopped after 21 sessions: .*Run it again/,
      );
      expect(failed.code).toBe(3);
      expect(JSON.parse(failed.stdout)).toMatchObject({ aborted: true, reencrypted: 20 });

      await server.restart();
      const again = await program.run(args, { env: bothKeys });
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({
        current: 20,
        reencrypted: sessions - 20,
        byKid: { new: sessions },
      });
    },
  );
});
