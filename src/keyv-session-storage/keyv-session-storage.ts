// A session storage over any Keyv store. It seals nothing itself: wrap it.
import { OptionInvalidError, SessionInvalidError, SessionMismatchError } from '../errors.js';
import type { SessionLike } from '../session.js';
import { atomicStoreOf, BoundedStore } from './atomic-store/index.js';
import {
  createSession,
  type InstalledSession,
  installedSessionClass,
  type SessionClass,
} from './installed-session.js';
import { isKeyv, type KeyvLike } from './keyv-like.js';
import { type KeyvSessionStorageOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { RecordKeys } from './record-keys.js';
import { sessionExpiry } from './session-expiry.js';
import {
  decodeRecord,
  encodeReservation,
  encodeSession,
  peekRecord,
  sessionRecordStart,
  versionOf,
} from './session-record.js';
import { ShopIndex } from './shop-index.js';
import { withPublicErrors } from './store-errors.js';

/** How long a reservation that its process left behind is kept, in milliseconds. */
const reservationTime = 10 * 60 * 1000;

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
  readonly #keys: RecordKeys;
  readonly #index: ShopIndex;
  readonly #options: ResolvedOptions;
  #sessionClass: Promise<SessionClass<object> | undefined> | undefined;

  /**
   * @param keyv A Keyv of release 5 or 6.
   * @param options See `KeyvSessionStorageOptions`.
   * @throws OptionInvalidError if `keyv` is no Keyv, or an option does not exist or means nothing.
   */
  constructor(keyv: KeyvLike, options: KeyvSessionStorageOptions<S> = {}) {
    if (!isKeyv(keyv)) {
      throw new OptionInvalidError('KeyvSessionStorage needs a Keyv, such as new Keyv().');
    }
    this.#keyv = keyv;
    this.#options = resolveOptions(options);
    this.#store = new BoundedStore(atomicStoreOf(keyv), this.#options.deadline);
    this.#keys = new RecordKeys(this.#options.prefix, keyv.namespace);
    this.#index = new ShopIndex(this.#store, this.#keys);
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
    const { id, shop } = session;
    const expiresAt = sessionExpiry(session, this.#options.gracePeriod);
    const record = encodeSession(session, expiresAt);
    return withPublicErrors({ sessionId: id }, async () => {
      const key = await this.#keys.session(id);
      while (!(await this.#replace(key, shop, record, expiresAt))) {
        if (await this.#create(key, id, shop, record, expiresAt)) break;
      }
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
    return withPublicErrors({ sessionId: id }, async () => {
      const key = await this.#keys.session(id);
      const text = await this.#store.get(key);
      return text === undefined ? undefined : this.#open(key, id, text);
    });
  }

  /**
   * Deletes a session; one that does not exist is deleted already.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async deleteSession(id: string): Promise<boolean> {
    return withPublicErrors({ sessionId: id }, () => this.#delete([id]));
  }

  /**
   * Deletes sessions, in a number of round trips that does not depend on how many.
   *
   * @returns Always true.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async deleteSessions(ids: string[]): Promise<boolean> {
    return withPublicErrors(undefined, () => this.#delete([...new Set(ids)]));
  }

  /**
   * Finds all sessions of a shop, in two round trips.
   *
   * @param shop The domain, such as `a.myshopify.com`.
   * @throws RecordUnreadableError if a record is not one of this package.
   * @throws StoreUnavailableError if the store failed or did not answer in time.
   */
  async findSessionsByShop(shop: string): Promise<S[]> {
    return withPublicErrors({ shop }, async () => {
      const index = await this.#index.read(shop);
      const ids = [...index.entries.keys()];
      const keys = await Promise.all(ids.map((id) => this.#keys.session(id)));
      const records = await this.#store.getMany(keys);
      const gone: string[] = [];
      const sessions: S[] = [];
      for (const [at, id] of ids.entries()) {
        const [key, text] = [keys[at], records[at]];
        if (key === undefined) continue;
        if (text === undefined) gone.push(id);
        const session = text === undefined ? undefined : await this.#open(key, id, text);
        if (session?.shop === shop) sessions.push(session);
      }
      // Tidying up only: whoever finds the shop's sessions next would do it as well.
      if (gone.length > 0) await this.#index.forget(shop, index, gone).catch(() => {});
      return sessions;
    });
  }

  /** Closes the Keyv's connection, or rejects with `StoreUnavailableError` after the deadline. */
  async disconnect(): Promise<void> {
    await withPublicErrors(undefined, () =>
      this.#store.run(async () => {
        await this.#keyv.disconnect();
      }),
    );
  }

  /** The common case, in one round trip: a session of this shop is stored already, so is listed. */
  #replace(key: string, shop: string, next: string, expiresAt: number | undefined) {
    return this.#store.compareAndSwap({ key, expected: sessionRecordStart(shop), next, expiresAt });
  }

  /** Stores a session that is not listed yet; see shop-index.ts for why in this order. */
  async #create(
    key: string,
    id: string,
    shop: string,
    next: string,
    expiresAt: number | undefined,
  ): Promise<boolean> {
    const reservedUntil = Date.now() + reservationTime;
    const reservation = encodeReservation(shop, reservedUntil);
    const reserved = await this.#store.compareAndSwap({
      key,
      expected: undefined,
      next: reservation,
      expiresAt: reservedUntil,
    });
    const current = reserved ? reservation : await this.#store.get(key);
    if (current === undefined) return false;
    const previous = decodeRecord(current, id);
    await this.#index.add(shop, id, expiresAt);
    const expected = versionOf(current);
    const stored = await this.#store.compareAndSwap({ key, expected, next, expiresAt });
    if (stored && previous.shop !== shop) await this.#index.remove(previous.shop, [id]);
    return stored;
  }

  async #delete(ids: readonly string[]): Promise<boolean> {
    if (ids.length === 0) return true;
    const keys = await Promise.all(ids.map((id) => this.#keys.session(id)));
    const records = await this.#store.take(keys);
    const shops = new Map<string, string[]>();
    for (const [at, id] of ids.entries()) {
      const text = records[at];
      const shop = text === undefined ? undefined : peekRecord(text)?.shop;
      if (shop === undefined) continue;
      const gone = shops.get(shop);
      if (gone === undefined) shops.set(shop, [id]);
      else gone.push(id);
    }
    await Promise.all([...shops].map(([shop, gone]) => this.#index.remove(shop, gone)));
    return true;
  }

  /** The session in a record; an expired one is removed, unless it was stored anew meanwhile. */
  async #open(key: string, id: string, text: string): Promise<S | undefined> {
    const record = decodeRecord(text, id);
    if (record.expiresAt !== null && record.expiresAt < Date.now()) {
      await this.#store.compareAndSwap({ key, expected: versionOf(text), next: undefined });
      return undefined;
    }
    if (record.type === 'reservation') return undefined;
    const { session } = record;
    if (session.id !== id) {
      throw new SessionMismatchError(
        `Session ${id}: the store holds another session under its key. Delete it to start anew.`,
        { sessionId: id },
      );
    }
    this.#sessionClass ??= this.#options.Session
      ? Promise.resolve(this.#options.Session)
      : installedSessionClass();
    const properties = { ...session, id, ...datesOf(session) };
    return createSession(await this.#sessionClass, properties) as S;
  }
}

/** JSON has no dates; these two properties of a session are. */
function datesOf(session: Readonly<Record<string, unknown>>): Record<string, Date> {
  const dates: Record<string, Date> = {};
  for (const name of ['expires', 'refreshTokenExpires']) {
    const value = session[name];
    if (typeof value === 'string' || typeof value === 'number') dates[name] = new Date(value);
  }
  return dates;
}

function assertStorable(session: SessionLike): void {
  if (typeof session?.id !== 'string' || session.id === '') {
    throw new SessionInvalidError('A session without an id cannot be stored.');
  }
  if (typeof session.shop !== 'string' || session.shop === '') {
    throw new SessionInvalidError(
      `Session ${session.id}: it has no shop. Set one before storing.`,
      {
        sessionId: session.id,
        field: 'shop',
      },
    );
  }
}
