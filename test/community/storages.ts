// Storages that are not Shopify's: a published package, and stand-ins of the shape of storages over
// Firestore and Cosmos DB, whose services cannot be had here.
import { Session, type SessionParams } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
  postgresContents,
} from '../conformance/backends/postgres-database.js';

/** A storage that is open, and what lies in it. */
export interface OpenStorage {
  readonly storage: SessionStorage;
  raw(): Promise<string>;
  drop(): Promise<void>;
}

interface KyselyPackage {
  readonly KyselySessionStorage: new (database: Kysely<unknown>) => SessionStorage;
  readonly sessionTableMigration: { up(database: Kysely<unknown>): Promise<void> };
}

/** shopify-app-session-storage-kysely. Its package.json names files that are not in it. */
export async function openKysely(server: string): Promise<OpenStorage> {
  const url = new URL(
    '../node_modules/shopify-app-session-storage-kysely/dist/index.js',
    import.meta.url,
  );
  const { KyselySessionStorage, sessionTableMigration }: KyselyPackage = await import(url.href);
  const connectionString = await createPostgresDatabase(server);
  const pool = new pg.Pool({ connectionString });
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  await sessionTableMigration.up(database);
  return {
    storage: new KyselySessionStorage(database),
    raw: () => postgresContents(connectionString),
    async drop() {
      await database.destroy();
      await dropPostgresDatabase(connectionString);
    },
  };
}

/** Documents by id, read and written through `toStored` and `fromStored`. */
function documents(
  toStored: (session: Session) => object,
  fromStored: (document: never) => SessionParams,
): OpenStorage {
  const stored = new Map<string, { shop: string }>();
  const read = (document: object) => new Session(fromStored(document as never));
  const storage: SessionStorage = {
    async storeSession(session) {
      stored.set(session.id, { ...toStored(session), shop: session.shop });
      return true;
    },
    async loadSession(id) {
      const document = stored.get(id);
      return document && read(document);
    },
    async deleteSession(id) {
      stored.delete(id);
      return true;
    },
    async deleteSessions(ids) {
      for (const id of ids) stored.delete(id);
      return true;
    },
    async findSessionsByShop(shop) {
      return [...stored.values()].filter((document) => document.shop === shop).map(read);
    },
  };
  return { storage, raw: async () => JSON.stringify([...stored.values()]), drop: async () => {} };
}

/** A date as Firestore hands it out. */
class Timestamp {
  constructor(readonly milliseconds: number) {}
  toDate(): Date {
    return new Date(this.milliseconds);
  }
}

const dates = ['expires', 'refreshTokenExpires'] as const;

/** Firestore refuses `undefined` and instances of classes, and makes a `Timestamp` of a date. */
export async function openFirestoreLike(): Promise<OpenStorage> {
  const toValue = (value: unknown): unknown => {
    if (value === undefined) throw new Error('Cannot use "undefined" as a Firestore value.');
    if (value instanceof Date) return new Timestamp(value.getTime());
    if (typeof value !== 'object' || value === null) return value;
    if (Object.getPrototypeOf(value) !== Object.prototype) {
      throw new Error("Firestore doesn't support objects with custom prototypes.");
    }
    return Object.fromEntries(Object.entries(value).map(([name, some]) => [name, toValue(some)]));
  };
  return documents(
    (session) => {
      const present = Object.entries(session.toObject()).filter(([, value]) => value !== undefined);
      return toValue(Object.fromEntries(present)) as object;
    },
    (document: Record<string, unknown>) => {
      const session = { ...document };
      for (const name of dates) {
        const value = session[name];
        if (value instanceof Timestamp) session[name] = value.toDate();
      }
      return session as unknown as SessionParams;
    },
  );
}

/** Cosmos DB keeps JSON, and adds properties of its own to what it hands out. */
export async function openCosmosLike(): Promise<OpenStorage> {
  return documents(
    (session) => ({ ...JSON.parse(JSON.stringify(session.toObject())), _etag: '"1"', _ts: 1 }),
    (document: Record<string, unknown>) => {
      const session = { ...document };
      for (const name of dates) {
        if (typeof session[name] === 'string') session[name] = new Date(session[name]);
      }
      return session as unknown as SessionParams;
    },
  );
}
