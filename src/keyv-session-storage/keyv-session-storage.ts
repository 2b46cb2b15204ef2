// A session storage over any Keyv store. It seals nothing itself: wrap it.
import {
  OptionInvalidError,
  RecordUnreadableError,
  SessionInvalidError,
  SessionMismatchError,
} from '../errors.js';
import type { SessionLike } from '../session.js';
import { describeWrongStorage } from '../wrong-storage.js';
import { atomicStoreOf, BoundedStore } from './atomic-store/index.js';
import type { InstalledSession } from './installed-session.js';
import { isKeyv, type KeyvLike } from './keyv-like.js';
import { type KeyvSessionStorageOptions, resolveOptions } from './options.js';
import { RecordKeys } from './record-keys.js';
import { RecordToSession } from './record-to-session.js';
import { sessionExpiry } from './session-expiry.js';
import { decodeRecord, peekRecord } from './session-record.js';
import { SessionRecords, type StoredRecord, type StoredText } from './session-records.js';
import { withPublicErrors } from './store-errors.js';

/**
 * Keeps Shopify sessions in any Keyv 5 or 6 store: Redis, PostgreSQL, SQLite, memory and others. It
 * stores tokens as they are given; `new EncryptedSessionStorage(keyv)` makes one and seals them.
 *
 * It works on the adapter behind the Keyv, so `ttl`, `serialize` and hooks of the Keyv do not apply;
 * its `namespace` does. Every failure of the store rejects with `StoreUnavailableError` within the
 * deadline; a store that is down is never 'no session'.
 *
 * @example
 * import { Keyv } from 'keyv';
 * const storage = new KeyvSessionStorage(new Keyv(), { deadline: 2000 });
 * await storage.storeSession(session);
 * const sessions = await storage.findSessionsByShop('a.myshopify.com');
 */
export class KeyvSessionStorage<S extends SessionLike = InstalledSession> {
  readonly #keyv: KeyvLike;
  readonly #store: BoundedStore;
  readonly #records: SessionRecords;
  readonly #recordToSession: RecordToSession<S>;
  readonly #gracePeriod: number;
  /** What each session that was handed out was read from, so that it can be replaced. */
  readonly #readFrom = new WeakMap<object, StoredRecord>();

  /**
   * @param keyv A Keyv of release 5 or 6.
   * @param options See `KeyvSessionStorageOptions`.
   * @throws OptionInvalidError if `keyv` is no Keyv, or an option does not exist or means nothing.
   */
  constructor(keyv: KeyvLike, options: KeyvSessionStorageOptions<S> = {}) {
    if (!isKeyv(keyv)) {
      throw new OptionInvalidError(
        `KeyvSessionStorage needs a Keyv, such as new Keyv(), but was given ${describeWrongStorage(keyv)}.`,
      );
    }
    const { Session, deadline, gracePeriod, prefix } = resolveOptions(options);
    this.#keyv = keyv;
    this.#store = new BoundedStore(atomicStoreOf(keyv), deadline);
    this.#records = new SessionRecords(this.#store, new RecordKeys(prefix, keyv.namespace));
    this.#recordToSession = new RecordToSession<S>(Session);
    this.#gracePeriod = gracePeriod;
    // Without a listener an error event of the client would end the process.
    keyv.on('error', (error: unknown) => this.#store.noteEvent(error));
  }

  /** Whether the store can compare and swap, so that several processes may share it safely. */
  get atomic(): boolean {
    return this.#store.atomic;
  }

  /**
   * Stores a session, in place of an earlier one of the same id.
   *
   * @returns Always true.
   * @throws SessionInvalidError if the session has no id or shop, or cannot be written as JSON.
   * @throws RecordUnreadableError if something else stands under its key; it is left as it is.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async storeSession(session: S): Promise<boolean> {
    assertStorable(session);
    this.#recordToSession.adoptClassOf(session);
    return await withPublicErrors({ sessionId: session.id }, async () => {
      await this.#records.put(session, sessionExpiry(session, this.#gracePeriod));
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
  loadSession(id: string): Promise<S | undefined> {
    return withPublicErrors({ sessionId: id }, async () => {
      const stored = await this.#records.find(id);
      if (stored === undefined) return undefined;
      if (!this.#recordToSession.isReady) await this.#recordToSession.getReady();
      const session = this.#read(stored);
      if (session !== 'expired') return session;
      await this.#records.drop(stored);
      return undefined;
    });
  }

  /**
   * Deletes a session; one that does not exist is deleted already.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async deleteSession(id: string): Promise<boolean> {
    return await withPublicErrors({ sessionId: id }, async () => {
      await this.#records.remove([id]);
      return true;
    });
  }

  /**
   * Deletes sessions, in a number of round trips that does not depend on how many.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async deleteSessions(ids: string[]): Promise<boolean> {
    if (ids.length === 0) return true;
    return await withPublicErrors(undefined, async () => {
      await this.#records.remove([...new Set(ids)]);
      return true;
    });
  }

  /**
   * Finds all sessions of a shop, in two round trips. A session whose record cannot be read comes
   * without tokens, since uninstalling an app has to find and delete it; loading it is an error.
   *
   * @param shop The domain, such as `a.myshopify.com`.
   * @throws RecordUnreadableError if the shop's index is not one of this package.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async findSessionsByShop(shop: string): Promise<S[]> {
    return await withPublicErrors({ shop }, async () => {
      const found = await this.#records.findByShop(shop);
      if (!this.#recordToSession.isReady) await this.#recordToSession.getReady();
      const sessions: S[] = [];
      const expired: StoredText[] = [];
      for (const stored of found) {
        const session = this.#readForShop(stored, shop);
        if (session === 'expired') expired.push(stored);
        else if (session !== undefined) sessions.push(session);
      }
      await Promise.all(expired.map((stored) => this.#records.drop(stored)));
      return sessions;
    });
  }

  /**
   * Every stored session, as stored, in bounded memory and no order. A session that is there from
   * the first step to the last is among them; one may come twice. As any read does, it deletes those
   * that have expired.
   *
   * @throws RecordUnreadableError at the end, if there were records not of this package.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async *sessions(): AsyncGenerator<S> {
    let unreadable = 0;
    const batches = this.#records.all();
    for (;;) {
      const { done, value } = await withPublicErrors(undefined, () => batches.next());
      if (done === true) break;
      if (!this.#recordToSession.isReady) await this.#recordToSession.getReady();
      for (const text of value) {
        const record = peekRecord(text);
        // A reservation only says that a session is about to be stored.
        if (record?.type === 'reservation') continue;
        const id = record?.session.id;
        if (typeof id !== 'string') {
          unreadable++;
          continue;
        }
        const stored = { key: this.#records.keyOf(id), id, text };
        const session = this.#read(stored, record);
        if (session === 'expired') {
          await withPublicErrors({ sessionId: id }, () => this.#records.drop(stored));
        } else if (session !== undefined) yield session;
      }
    }
    if (unreadable === 0) return;
    throw new RecordUnreadableError(
      `${unreadable} records in the store are not ones that this version wrote. They were left as they are.`,
      {},
      unreadable,
    );
  }

  /**
   * Stores `next` only if what is stored still equals `current`. How long it is kept stays the same.
   *
   * @param current A session that this storage handed out; `undefined`: nothing must be stored.
   * @param next What to store, of the same id and shop.
   * @returns false if the stored session has changed or is gone.
   * @throws SessionInvalidError if `next` is another session, or cannot be stored.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async replaceSession(current: S | undefined, next: S): Promise<boolean> {
    assertStorable(next);
    if (current !== undefined && (current.id !== next.id || current.shop !== next.shop)) {
      throw new SessionInvalidError(
        `Session ${current.id}: it can only be replaced by a session of the same id and shop.`,
        { sessionId: current.id },
      );
    }
    return await withPublicErrors({ sessionId: next.id }, async () => {
      if (current === undefined) {
        return this.#records.add(next, sessionExpiry(next, this.#gracePeriod));
      }
      const stored = this.#readFrom.get(current) ?? (await this.#findEqual(current));
      return stored !== undefined && this.#records.replace(stored, next);
    });
  }

  /** Closes the Keyv's connection, or rejects with `StoreUnavailableError` after the deadline. */
  async disconnect(): Promise<void> {
    await withPublicErrors(undefined, () => this.#store.run(() => this.#keyv.disconnect()));
  }

  /** The record of a session that was not handed out here, if it still says the same. */
  async #findEqual(session: S): Promise<StoredRecord | undefined> {
    const stored = await this.#records.find(session.id);
    if (stored === undefined) return undefined;
    const record = peekRecord(stored.text);
    if (record?.type !== 'session') return undefined;
    if (JSON.stringify(record.session) !== JSON.stringify(session)) return undefined;
    return { ...stored, expiresAt: record.expiresAt };
  }

  /** The session in a record. An expired one is to be dropped, unless it was stored anew meanwhile. */
  #read({ key, id, text }: StoredText, record = decodeRecord(text, id)): S | undefined | 'expired' {
    const session = this.#recordToSession.read(id, record);
    if (session !== undefined && session !== 'expired') {
      this.#readFrom.set(session, { key, id, text, expiresAt: record.expiresAt });
    }
    return session;
  }

  #readForShop(stored: StoredText, shop: string): S | undefined | 'expired' {
    try {
      return this.#read(stored);
    } catch (error) {
      if (isUnreadable(error)) return this.#recordToSession.unreadable(stored.id, shop);
      throw error;
    }
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof RecordUnreadableError || error instanceof SessionMismatchError;
}

function assertStorable(session: SessionLike): void {
  if (typeof session?.id !== 'string' || session.id === '') {
    throw new SessionInvalidError('A session without an id cannot be stored.');
  }
  if (typeof session.shop !== 'string' || session.shop === '') {
    throw new SessionInvalidError(
      `Session ${session.id}: it has no shop. Set one before storing it.`,
      { sessionId: session.id, field: 'shop' },
    );
  }
}
