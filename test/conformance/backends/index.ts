// All backends by name, so that a process of its own can open the one that the test names.
import type { Backend } from '../backend.js';

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  'official memory': async () => (await import('./official-memory.js')).officialMemory,
  'official MySQL': async () => (await import('./official-mysql.js')).officialMysql,
  'official PostgreSQL': async () => (await import('./official-postgres.js')).officialPostgres,
  'official Prisma on SQLite': async () => (await import('./official-prisma.js')).officialPrisma,
  'official Redis': async () => (await import('./official-redis.js')).officialRedis,
};

/** Loads a backend with the packages it needs, and only those. */
export async function loadBackend(name: string): Promise<Backend> {
  const backend = await backends[name]?.();
  if (backend?.name !== name) throw new Error(`There is no backend "${name}".`);
  return backend;
}
