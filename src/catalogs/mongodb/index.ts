// The catalog of @shopify/shopify-app-session-storage-mongodb, which keeps a session as a document.
import { isDeepStrictEqual } from 'node:util';
import type { SessionCatalog } from '../../session-catalog.js';
import { begunInTime } from '../../store-access/begun-in-time.js';
import { StoreAccess } from '../../store-access/index.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import { assertMethods, type CatalogOptions, catalogOptions } from '../catalog-options.js';
import {
  assertSameId,
  assertSession,
  isStoredSession,
  type StoredSession,
} from '../stored-session.js';
import { documentChanges } from './document-changes.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

type Document = Record<string, unknown>;

/** What is needed of a collection of `mongodb`. */
export interface MongodbCollection {
  find(filter: object, options: object): AsyncIterable<object>;
  findOne(filter: object, options: object): Promise<object | null>;
  updateOne(
    filter: object,
    update: object,
    options: object,
  ): Promise<{ readonly matchedCount: number; readonly upsertedCount: number }>;
  deleteOne(filter: object, options: object): Promise<{ readonly deletedCount: number }>;
  estimatedDocumentCount?(): Promise<number>;
}

/** What is needed of a database of `mongodb`, release 4 or later. */
export interface MongodbDatabase {
  collection(name: string): MongodbCollection;
  readonly client?: { close(): Promise<unknown> };
}

/** Where the storage keeps its sessions. */
export interface MongodbCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionCollectionName?: string | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-mongodb` keeps, for
 * re-encrypting and copying them while the app serves. It compares and swaps with one `updateOne`.
 *
 * The storage makes no unique index on `id`, so two that store a new session in the same moment can
 * leave two documents of it, here as there: both are handed out, and both are replaced.
 *
 * @param database A `Db` of `mongodb`; `disconnect` closes its client.
 * @throws OptionInvalidError if `database` is none, or an option is unknown or invalid.
 *
 * @example
 * import { MongoClient } from 'mongodb';
 * import { mongodbCatalog } from 'shopify-app-session-storage-encrypted/mongodb';
 * const client = await new MongoClient('mongodb://localhost').connect();
 * export default mongodbCatalog(client.db('app'));
 */
export function mongodbCatalog(
  database: MongodbDatabase,
  options: MongodbCatalogOptions = {},
): SessionCatalog<StoredSession> {
  assertMethods(database, ['collection'], 'mongodbCatalog needs a Db of mongodb.');
  const { sessionCollectionName, deadline } = catalogOptions('mongodbCatalog', options, {
    sessionCollectionName: 'shopify_sessions',
  });
  return new MongodbSessionCatalog(database, sessionCollectionName, deadline);
}

/** Byte for byte, whatever collation the collection has. */
const exactly = { collation: { locale: 'simple' } };
const batchSize = 1000;

class MongodbSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic = true;
  readonly #database: MongodbDatabase;
  readonly #collection: MongodbCollection;
  readonly #calls: StoreAccess;
  /** The `_id` of the document that each session was read from: the storage has no index on `id`. */
  readonly #documentIds = new WeakMap<StoredSession, unknown>();

  constructor(database: MongodbDatabase, collectionName: string, deadline: number) {
    this.#database = database;
    this.#collection = database.collection(collectionName);
    this.#calls = new StoreAccess('the MongoDB database', deadline);
  }

  /** In the order of `_id`, which never changes and always has an index. */
  async *sessions(): AsyncGenerator<StoredSession, void, undefined> {
    const unreadable = new UnreadableRecords();
    const cursor = this.#collection
      .find({}, { sort: { _id: 1 }, batchSize })
      [Symbol.asyncIterator]();
    let isOpen = false;
    try {
      for (;;) {
        isOpen = false;
        // One attempt: a cursor that has failed has ended, and would answer that there is no more.
        const { done, value } = await this.#calls.call({}, async () => cursor.next());
        if (done === true) break;
        isOpen = true;
        const session = this.#read(value as Document);
        if (session === undefined) unreadable.add();
        else yield session;
      }
    } finally {
      const closing = cursor.return?.();
      // Not after a failure: the answer may never come.
      if (isOpen) await closing;
      else closing?.catch(() => {});
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const document = await this.#calls.run({ sessionId: id }, () =>
      this.#collection.findOne({ id: { $eq: id } }, exactly),
    );
    if (document === null) return undefined;
    const session = this.#read(document as Document);
    if (session === undefined) throw unreadableRecord(id);
    return session;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    if (current === undefined) return this.#insert(next);
    assertSameId(current, next);
    const { filter, update } = documentChanges(current, next);
    const where = this.#where(current, filter);
    if (isDeepStrictEqual(update, {})) {
      const find = () => this.#collection.findOne(where, exactly);
      return (await this.#calls.run({ sessionId: next.id }, find)) !== null;
    }
    return this.#write(next.id, where, async (filter) => {
      return (await this.#collection.updateOne(filter, update, exactly)).matchedCount > 0;
    });
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    assertSession(current);
    const { filter } = documentChanges(current, current);
    const where = this.#where(current, filter);
    return this.#write(current.id, where, async (filter) => {
      return (await this.#collection.deleteOne(filter, exactly)).deletedCount > 0;
    });
  }

  async estimateSessions(): Promise<number> {
    // From the collection's metadata; drivers before 4 have no such method.
    return (
      (await this.#calls.run({}, async () => this.#collection.estimatedDocumentCount?.())) ?? 0
    );
  }

  async disconnect(): Promise<void> {
    await this.#calls.run({}, async () => this.#database.client?.close());
  }

  async #insert(next: StoredSession): Promise<boolean> {
    assertSession(next);
    const { id, ...rest } = next;
    const properties = Object.entries(rest).filter(([, value]) => value !== undefined);
    const update = { $setOnInsert: Object.fromEntries(properties) };
    const options = { ...exactly, upsert: true };
    return await this.#write(id, { id: { $eq: id } }, async (filter) => {
      return (await this.#collection.updateOne(filter, update, options)).upsertedCount > 0;
    });
  }

  #where(current: StoredSession, filter: object): object {
    const _id = this.#documentIds.get(current);
    return { id: { $eq: current.id }, ...(_id !== undefined && { _id: { $eq: _id } }), ...filter };
  }

  /**
   * Runs a write. The driver serializes its filter when it has a connection and writes to it, also when it
   * sends a command again: `toBSON` is then asked for what to send, and refuses once the time is up.
   */
  #write(
    sessionId: string,
    where: object,
    write: (filter: object) => Promise<boolean>,
  ): Promise<boolean> {
    const reason = 'No connection to the MongoDB database was there in time.';
    return this.#calls.run({ sessionId, writes: true }, (signal) =>
      begunInTime(
        (begin) => {
          const toBSON = () => {
            begin();
            return where;
          };
          return write({ ...where, toBSON });
        },
        signal,
        reason,
      ),
    );
  }

  /** The session in a document; undefined if it is not one. */
  #read({ _id, ...document }: Document): StoredSession | undefined {
    if (!isStoredSession(document)) return undefined;
    this.#documentIds.set(document, _id);
    return document;
  }
}
