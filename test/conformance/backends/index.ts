// The backends that several processes can use, by name, so that a process can open the one that the
// test names. Each is loaded with the packages it needs, and only those.
import type { Backend } from '../backend.js';

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  'official MySQL': async () => (await import('./official-mysql.js')).officialMysql,
  'official PostgreSQL': async () => (await import('./official-postgres.js')).officialPostgres,
  'official Redis': async () => (await import('./official-redis.js')).officialRedis,
  'official SQLite': async () => (await import('./official-sqlite.js')).officialSqlite,
  'Keyv 5 with @keyv/redis': async () => (await import('./keyv-redis.js')).keyv5Redis,
  'Keyv 6 with @keyv/redis': async () => (await import('./keyv-redis.js')).keyv6Redis,
  'openSessionStorage on Redis': async () => (await import('./keyv-redis.js')).openedRedis,
  'Keyv 5 with @keyv/redis on a Redis Cluster': async () =>
    (await import('./keyv-redis-cluster.js')).keyvRedisCluster,
  'Keyv 5 with @keyv/postgres': async () => (await import('./keyv-postgres.js')).keyv5Postgres,
  'Keyv 6 with @keyv/postgres': async () => (await import('./keyv-postgres.js')).keyv6Postgres,
  'openSessionStorage on PostgreSQL': async () =>
    (await import('./keyv-postgres.js')).openedPostgres,
  'openSessionStorage on MySQL': async () => (await import('./opened-mysql.js')).openedMysql,
  'openSessionStorage on SQLite': async () => (await import('./opened-sqlite.js')).openedSqlite,
};

/** @throws If no backend has that name. */
export async function loadBackend(name: string): Promise<Backend> {
  const backend = await backends[name]?.();
  if (backend?.name !== name) {
    throw new Error(
      `There is no backend "${name}": add it to test/conformance/backends/index.ts, by that name.`,
    );
  }
  return backend;
}
