// A session storage over records in any store that can compare and swap. It seals nothing itself.

import { type AtomicStore, CalledStore } from '../atomic-store/index.js';
import { assertText, assertTexts } from '../checked-options.js';
import { type LeftOutSession, noteLeftOut } from '../left-out-sessions.js';
import type { SessionLike } from '../session.js';
import type { CatalogWarning, SessionChange } from '../session-catalog.js';
import { type CallSubject, StoreAccess } from '../store-access/index.js';
import type { InstalledSession } from './installed-session.js';
import type { ResolvedOptions } from './options.js';
import { assertStorable, RecordCatalog } from './record-catalog.js';
import { RecordKeys } from './record-keys.js';
import { RecordReader } from './record-reader.js';
import { sessionExpiry } from './session-expiry.js';
import { SessionRecords } from './session-records.js';
import { Tidying } from './tidying.js';

/** Where a storage keeps its records. */
export interface RecordBackend {
  readonly store: AtomicStore;
  /** Keeps the records of several apps apart. */
  readonly namespace: string | undefined;
  /** Closes what the backend opened. */
  close(): Promise<unknown>;
}

/** What `KeyvSessionStorage` and `openSessionStorage` have in common. */
export class RecordSessionStorage<S extends SessionLike = InstalledSession> {
  readonly #close: () => Promise<unknown>;
  readonly #store: CalledStore;
  readonly #records: SessionRecords;
  readonly #reader: RecordReader<S>;
  readonly #catalog: RecordCatalog<S>;
  readonly #tidying: Tidying;
  readonly #gracePeriod: number;

  /**
   * @internal
   * @param open Makes the backend, which reaches its store through `access`.
   */
  constructor(open: (access: StoreAccess) => RecordBackend, options: ResolvedOptions) {
    const { deadline, observer, prefix, gracePeriod } = options;
    const access = new StoreAccess('the session store', deadline, observer);
    const backend = open(access);
    this.#close = () => backend.close();
    this.#store = new CalledStore(backend.store, access);
    const { store, namespace } = backend;
    this.#records = new SessionRecords(new RecordKeys(prefix, namespace, store.keyPrefix));
    this.#reader = new RecordReader<S>(options.Session);
    this.#catalog = new RecordCatalog(this.#store, this.#records, this.#reader, gracePeriod);
    this.#tidying = new Tidying(this.#store, this.#records);
    this.#gracePeriod = gracePeriod;
  }

  /** Whether the store can compare and swap, so that several processes may share it safely. */
  get atomic(): boolean {
    return this.#store.store.atomic;
  }

  /**
   * Connects, and reads.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   * @throws PackageMissingError if the store needs a package that is not installed.
   */
  isReady(): Promise<boolean> {
    return this.#store.call({ operation: 'isReady' }, async (store) => {
      await store.get(this.#records.keys.session(''));
      return true;
    });
  }

  /**
   * Stores a session, in place of an earlier one of the same id.
   *
   * @returns Always true.
   * @throws SessionInvalidError if the session has no id or shop, or cannot be written as JSON.
   * @throws RecordUnreadableError if something else stands under its key; it is left as it is.
   * @throws SessionMismatchError if another session stands under its key; it is left as it is.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async storeSession(session: S): Promise<boolean> {
    assertStorable(session);
    this.#reader.adoptClassOf(session);
    const { id: sessionId, shop } = session;
    const subject = { operation: 'storeSession', sessionId, writes: true };
    return await this.#store.call(subject, async (store) => {
      const end = sessionExpiry(session, this.#gracePeriod);
      const index = await this.#records.put(store, session, end);
      // Not every store drops expired records; without this, a shop's list would only grow.
      if (index !== undefined) this.#tidying.addExpired(shop, index.entries);
      return true;
    });
  }

  /**
   * Loads a session.
   *
   * @returns The session, or `undefined` if there is none or it can no longer be used.
   * @throws RecordUnreadableError if what is stored is not a session of this package.
   * @throws SessionMismatchError if what is stored is another session.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async loadSession(id: string): Promise<S | undefined> {
    assertText(id, 'id');
    return await this.#store.call({ operation: 'loadSession', sessionId: id }, async (store) => {
      const stored = await this.#records.find(store, id);
      if (stored === undefined) return undefined;
      if (!this.#reader.isReady) await this.#reader.getReady();
      const session = this.#reader.read(stored);
      if (session === 'expired' || session === undefined) return undefined;
      this.#records.remember(stored);
      return session;
    });
  }

  /**
   * Deletes a session; one that does not exist is deleted already.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async deleteSession(id: string): Promise<boolean> {
    assertText(id, 'id');
    return await this.#remove({ operation: 'deleteSession', sessionId: id, writes: true }, [id]);
  }

  /**
   * Deletes sessions, in as few round trips as the store can.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async deleteSessions(ids: string[]): Promise<boolean> {
    assertTexts(ids, 'ids');
    if (ids.length === 0) return true;
    return await this.#remove({ operation: 'deleteSessions', writes: true }, [...new Set(ids)]);
  }

  /**
   * Finds all sessions of a shop, in as few round trips as the store can. A session whose record cannot be read comes
   * without tokens, since uninstalling an app has to find and delete it; loading it is an error. A
   * session of another shop is never among them.
   *
   * @param shop The domain, such as `a.myshopify.com`.
   * @throws RecordUnreadableError if the shop's index is not one of this package.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async findSessionsByShop(shop: string): Promise<S[]> {
    assertText(shop, 'shop');
    return await this.#store.call({ operation: 'findSessionsByShop', shop }, async (store) => {
      const { records, gone, ofOtherShops } = await this.#records.findByShop(store, shop);
      if (!this.#reader.isReady) await this.#reader.getReady();
      const sessions: S[] = [];
      const unreadable: string[] = [];
      for (const stored of records) {
        const session = this.#reader.readForShop(stored, shop);
        if (session === 'expired') gone.push(stored.id);
        else if (session === 'mismatch') ofOtherShops.push(stored.id);
        else if (session === 'unreadable') {
          unreadable.push(stored.id);
          sessions.push(this.#reader.withoutTokens(stored.id, shop));
        } else if (session !== undefined) sessions.push(session);
      }
      this.#tidying.add(shop, gone);
      for (const id of ofOtherShops) this.#store.reportMismatch(id, shop);
      const leftOut = (ids: string[], code: LeftOutSession['code']) =>
        ids.map((sessionId): LeftOutSession => ({ sessionId, code }));
      noteLeftOut(sessions, [
        ...leftOut(ofOtherShops, 'ERR_SESSION_MISMATCH'),
        ...leftOut(unreadable, 'ERR_RECORD_UNREADABLE'),
      ]);
      return sessions;
    });
  }

  /**
   * Every stored session that has not expired, as stored, in bounded memory and no order. A session
   * that is there from the first step to the last is among them; one may come twice.
   *
   * @throws RecordUnreadableError at the end, if there were records not of this package.
   * @throws OptionInvalidError if the store cannot list what it holds.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  sessions(): AsyncGenerator<S> {
    return this.#catalog.sessions();
  }

  /**
   * Stores `next` only if what is stored still equals `current`. How long it is kept stays the same, unless
   * `next` can be used until another time than `current`.
   *
   * @param current A session that this storage handed out; `undefined`: nothing must be stored.
   * @param next What to store, of the same id and shop.
   * @returns false if the stored session has changed or is gone.
   * @throws SessionInvalidError if `next` is another session, or cannot be stored.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async replaceSession(current: S | undefined, next: S): Promise<boolean> {
    return await this.#catalog.replaceOne(current, next);
  }

  /**
   * Does what `replaceSession` does for each of many changes, in as few round trips as the store can.
   *
   * @returns For each change whether it was made.
   */
  replaceSessions(changes: readonly SessionChange<S>[]): Promise<boolean[]> {
    return this.#catalog.replaceMany(changes);
  }

  /**
   * Deletes a session only if what is stored still equals `current`.
   *
   * @param current A session that this storage handed out.
   * @returns false if the stored session has changed or is gone.
   */
  async removeSession(current: S): Promise<boolean> {
    return await this.#catalog.remove(current);
  }

  /** About how many sessions there are, expired ones included. */
  estimateSessions(): Promise<number> {
    return this.#catalog.estimate();
  }

  /** What an operator should know of the store, such as that it has no table yet. */
  warnings(): Promise<CatalogWarning[]> {
    return this.#catalog.findings();
  }

  /** Closes the store's connections, or rejects with `StoreUnavailableError` after the deadline. */
  async disconnect(): Promise<void> {
    this.#tidying.stop();
    await this.#store.run({ operation: 'disconnect' }, () => this.#close());
  }

  #remove(subject: CallSubject, ids: readonly string[]): Promise<boolean> {
    return this.#store.call(subject, async (store) => {
      await this.#records.remove(store, ids);
      return true;
    });
  }
}
