// The stores that are tortured, by name, so that a process can open the one that the test names.
// Each is loaded with the packages it needs, and only those.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { KeyvSessionStorage, type SessionCatalog, type SessionLike } from '../../src/index.js';
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

const subjects = {
  'Keyv on Redis': async () =>
    overKeyv((await import('../conformance/backends/keyv-redis.js')).keyv5Redis),
  'Keyv on PostgreSQL': async () =>
    overKeyv((await import('../conformance/backends/keyv-postgres.js')).keyv5Postgres),
  'official PostgreSQL': async () =>
    (await import('../catalogs/backends/official-postgresql.js')).postgresqlBackend,
  'official MySQL': async () =>
    (await import('../catalogs/backends/official-mysql.js')).mysqlBackend,
  'official Redis': async () =>
    (await import('../catalogs/backends/official-redis.js')).redisBackend,
  'official DynamoDB': async () =>
    (await import('../catalogs/backends/official-dynamodb.js')).dynamodbBackend,
  'official Prisma on SQLite': async () => (await import('./prisma-subject.js')).prismaSubject,
} satisfies Record<string, () => Promise<Subject>>;

export type SubjectName = keyof typeof subjects;

export const loadSubject = (name: SubjectName): Promise<Subject> => subjects[name]();

/** Our own storage over Keyv is its own catalog. */
function overKeyv(backend: Backend): Subject {
  return {
    ...backend,
    async connect(place) {
      const { storage, close } = await backend.connect(place);
      if (!(storage instanceof KeyvSessionStorage))
        throw new Error('It is not a KeyvSessionStorage.');
      return { storage, catalog: storage, close };
    },
  };
}
