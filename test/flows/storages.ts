// The storages that flows run over, and what bare ones do wrong.
import type { Backend } from '../conformance/backend.js';

/** A storage, and the flows in which it goes wrong without us. */
export interface FlowStorage {
  readonly load: () => Promise<Backend>;
  readonly wrongBare?: readonly string[];
  /** Whether it is part of `npm test`; all are part of `npm run test:matrix`. */
  readonly always?: true;
}

export const storages: readonly FlowStorage[] = [
  {
    always: true,
    load: async () => (await import('../conformance/backends/official-memory.js')).officialMemory,
  },
  { load: async () => (await import('../conformance/backends/official-sqlite.js')).officialSqlite },
  {
    always: true,
    load: async () =>
      (await import('../conformance/backends/official-postgres.js')).officialPostgres,
    // Its upsert leaves the columns of what is undefined, so a revoked token stays.
    wrongBare: ['a 401 makes the app obtain a new token'],
  },
  { load: async () => (await import('../conformance/backends/official-mysql.js')).officialMysql },
  { load: async () => (await import('../conformance/backends/official-redis.js')).officialRedis },
  {
    always: true,
    load: async () => (await import('../conformance/backends/official-prisma.js')).officialPrisma,
  },
  {
    load: async () =>
      (await import('../conformance/backends/official-prisma-on-servers.js')).officialPrismaMysql,
  },
  {
    load: async () =>
      (await import('../conformance/backends/official-prisma-on-servers.js'))
        .officialPrismaPostgres,
  },
  {
    load: async () =>
      (await import('../conformance/backends/official-drizzle.js')).officialDrizzleSqlite,
  },
  {
    load: async () =>
      (await import('../conformance/backends/official-drizzle.js')).officialDrizzlePostgres,
  },
  {
    load: async () =>
      (await import('../conformance/backends/official-drizzle.js')).officialDrizzleMysql,
  },
  {
    load: async () =>
      (await import('../conformance/backends/official-dynamodb.js')).officialDynamodb,
  },
  {
    always: true,
    load: async () => (await import('../conformance/backends/official-kv.js')).officialKv,
    // It lists a session again each time that it is stored.
    wrongBare: ['refresh by two instances at once'],
  },
  {
    load: async () => (await import('../conformance/backends/official-mongodb.js')).officialMongodb,
  },
];
