// The stores that are tortured, by name, so that a process can open the one that the test names.
// Each is loaded with the packages it needs, and only those.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import type { SessionCatalog, SessionLike } from '../../src/index.js';
import { RecordSessionStorage } from '../../src/keyv-session-storage/index.js';
import type { Backend, Place } from '../conformance/backend.js';
import type { SharedServer } from '../servers/shared.js';

/** The storage that an app uses, and the catalog that a rotation uses, on the same place. */
export interface OpenSubject {
  readonly storage: SessionStorage;
  readonly catalog: SessionCatalog<SessionLike>;
  close(): Promise<void>;
}

/** A kind of store. */
export interface Subject {
  readonly server: SharedServer | undefined;
  /** Makes a new and empty place on `server`, which is `''` for a store without a server. */
  create(server: string): Promise<Place>;
  connect(place: Place): Promise<OpenSubject>;
  /** Removes the place and all that is in it. */
  drop(place: Place): Promise<void>;
}

// Every store that compares and swaps. Cloudflare's KV does not: its catalog says that it may overwrite what
// is stored in the same moment.
const subjects = {
  'Keyv on Redis': async () =>
    ofOurOwn((await import('../conformance/backends/keyv-redis.js')).keyv5Redis),
  'Keyv on PostgreSQL': async () =>
    ofOurOwn((await import('../conformance/backends/keyv-postgres.js')).keyv5Postgres),
  'openSessionStorage on MySQL': async () =>
    ofOurOwn((await import('../conformance/backends/opened-mysql.js')).openedMysql),
  'openSessionStorage on SQLite': async () =>
    ofOurOwn((await import('../conformance/backends/opened-sqlite.js')).openedSqlite),
  'official PostgreSQL': async () =>
    (await import('../catalogs/backends/official-postgresql.js')).postgresqlBackend,
  'official MySQL': async () =>
    (await import('../catalogs/backends/official-mysql.js')).mysqlBackend,
  'official Redis': async () =>
    (await import('../catalogs/backends/official-redis.js')).redisBackend,
  'official DynamoDB': async () =>
    (await import('../catalogs/backends/official-dynamodb.js')).dynamodbBackend,
  'official SQLite': async () => (await import('./sqlite-subjects.js')).sqliteSubject,
  'official MongoDB': async () =>
    (await import('../catalogs/backends/official-mongodb.js')).mongodbBackend,
  'official Prisma on SQLite': async () => (await import('./sqlite-subjects.js')).prismaSubject,
  'official Prisma on PostgreSQL': async () =>
    (await import('../catalogs/backends/official-prisma-on-servers.js')).prismaPostgresqlBackend,
  'official Prisma on MySQL': async () =>
    (await import('../catalogs/backends/official-prisma-on-servers.js')).prismaMysqlBackend,
  'official Drizzle on SQLite': async () => (await import('./sqlite-subjects.js')).drizzleSubject,
  'official Drizzle on PostgreSQL': async () =>
    (await import('../catalogs/backends/official-drizzle.js')).drizzlePostgresBackend,
  'official Drizzle on MySQL': async () =>
    (await import('../catalogs/backends/official-drizzle.js')).drizzleMysqlBackend,
} satisfies Record<string, () => Promise<Subject>>;

export type SubjectName = keyof typeof subjects;

export const loadSubject = (name: SubjectName): Promise<Subject> => subjects[name]();

/** Our own storages are their own catalogs. */
function ofOurOwn(backend: Backend): Subject {
  return {
    ...backend,
    async connect(place) {
      const { storage, close } = await backend.connect(place);
      if (!(storage instanceof RecordSessionStorage)) throw new Error('It is not our own.');
      return { storage, catalog: storage, close };
    },
  };
}
