// Puts, replaces and removes session records, and keeps each shop's index right while doing so.

import type { StoreInCall, Swap } from '../atomic-store/index.js';
import type { SessionLike } from '../session.js';
import { longestTurn } from '../store-access/index.js';
import { Turns } from '../turns.js';
import { decodeIndex, type IndexSnapshot, isGone } from './index-record.js';
import { KnownVersions } from './known-versions.js';
import { likelyShopOf, type RecordKeys } from './record-keys.js';
import {
  assertSameSession,
  decodeRecord,
  encodeReservation,
  encodeSession,
  hasExpired,
  peekRecord,
  sessionRecordStart,
  versionOf,
} from './session-record.js';
import { ShopIndex } from './shop-index.js';

/** How long a reservation that its process left behind is kept, in milliseconds. */
const reservationTime = 10 * 60 * 1000;

/** A record as text, with the key that it stands under and the session that it is of. */
export interface StoredText {
  readonly key: string;
  readonly id: string;
  readonly text: string;
}

/** A record that has been read. */
export interface StoredRecord extends StoredText {
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
}

/** What a shop's index lists. */
export interface FoundByShop {
  readonly records: StoredText[];
  /** Ids without a session of the shop. */
  readonly gone: string[];
  /** Of those: ids that have a session of another shop. */
  readonly ofOtherShops: string[];
}

export class SessionRecords {
  readonly keys: RecordKeys;
  readonly index: ShopIndex;
  /**
   * The versions of sessions that were loaded or stored here. A session is replaced only if it is
   * still of the version that was seen, so that a write that reaches the store late, after its caller
   * was told of a failure, never undoes a newer one.
   */
  readonly #versions = new KnownVersions();
  readonly #turns = new Turns();

  constructor(keys: RecordKeys) {
    this.keys = keys;
    this.index = new ShopIndex(keys);
  }

  async find(store: StoreInCall, id: string): Promise<StoredText | undefined> {
    const key = this.keys.session(id);
    const text = await store.get(key);
    return text === undefined ? undefined : { key, id, text };
  }

  /** The session in this record was handed out; it is likely to be stored next. */
  remember({ key, text }: StoredText): void {
    this.#versions.set(key, versionOf(text));
  }

  /** The records that a shop's index lists. */
  async findByShop(store: StoreInCall, shop: string): Promise<FoundByShop> {
    const { entries } = await this.index.read(store, shop);
    const ids = [...entries.keys()];
    const keys = ids.map((id) => this.keys.session(id));
    const texts = ids.length === 0 ? [] : await store.getMany(keys);
    const found: FoundByShop = { records: [], gone: [], ofOtherShops: [] };
    for (const [at, id] of ids.entries()) {
      const [key, text] = [keys[at], texts[at]];
      if (key !== undefined && text !== undefined && !isGone(text, shop)) {
        found.records.push({ key, id, text });
        continue;
      }
      found.gone.push(id);
      if (peekRecord(text ?? '')?.type === 'session') found.ofOtherShops.push(id);
    }
    return found;
  }

  /**
   * Stores a session, whatever stands there.
   *
   * @returns The shop's index as it was read on the way; `undefined` if it was not.
   */
  put(
    store: StoreInCall,
    session: SessionLike,
    expiresAt: number | undefined,
  ): Promise<IndexSnapshot | undefined> {
    const next = encodeSession(session, expiresAt);
    const key = this.keys.session(session.id);
    return this.#turns.take([key], longestTurn(store.signal), () =>
      this.#put(store, session, { key, next, expiresAt }),
    );
  }

  /** Stores a session unless there is one under its id that can be used. */
  async add(
    store: StoreInCall,
    session: SessionLike,
    expiresAt: number | undefined,
  ): Promise<boolean> {
    const next = encodeSession(session, expiresAt);
    const key = this.keys.session(session.id);
    return this.#turns.take([key], longestTurn(store.signal), async () => {
      const current = (await this.#reserve(store, key, session.shop)) ?? (await store.get(key));
      if (current === undefined) return false;
      const record = decodeRecord(current, session.id);
      if (record.type === 'session' && !hasExpired(record)) return false;
      return this.#replaceUnlisted(store, current, session, { key, next, expiresAt }, undefined);
    });
  }

  /** The change that replaces exactly the record that was read. */
  replacement(stored: StoredRecord, session: SessionLike, expiresAt: number | undefined): Swap {
    const next = encodeSession(session, expiresAt);
    return { key: stored.key, expected: versionOf(stored.text), next, expiresAt };
  }

  /** Removes sessions, whatever they hold. */
  remove(store: StoreInCall, ids: readonly string[]): Promise<void> {
    const keys = ids.map((id) => this.keys.session(id));
    return this.#turns.take(keys, longestTurn(store.signal), () => this.#remove(store, ids, keys));
  }

  /** Removes exactly the record that was read. */
  async removeExactly(store: StoreInCall, stored: StoredRecord, shop: string): Promise<boolean> {
    const { key, id, text } = stored;
    return await this.#turns.take([key], longestTurn(store.signal), async () => {
      const swap = { key, expected: versionOf(text), next: undefined };
      if (!(await store.compareAndSwap(swap, true))) return false;
      await this.index.remove(store, shop, [id]);
      return true;
    });
  }

  async #put(
    store: StoreInCall,
    session: SessionLike,
    place: NextRecord,
  ): Promise<IndexSnapshot | undefined> {
    const { key, next, expiresAt } = place;
    const replace = async (version: string) => {
      const isMade = await store.compareAndSwap({ key, expected: version, next, expiresAt }, true);
      if (isMade) this.#versions.set(key, versionOf(next));
      return isMade;
    };
    // In one round trip: a session of this shop stands there, so it is listed.
    const known = this.#versions.get(key);
    if (known?.startsWith(sessionRecordStart(session.shop)) && (await replace(known)))
      return undefined;
    for (let attempt = 1; ; attempt++) {
      // What a new session needs is read at the same time.
      const [stored, reservation, index] = await Promise.all([
        store.get(key),
        this.#reserve(store, key, session.shop),
        this.index.readUnlessBusy(store, session.shop),
      ]);
      const current = reservation ?? stored;
      if (current !== undefined) {
        const record = decodeRecord(current, session.id);
        assertSameSession(record, session.id);
        const isListed = record.type === 'session' && record.shop === session.shop;
        if (isListed && (await replace(versionOf(current)))) return index;
        if (!isListed && (await this.#replaceUnlisted(store, current, session, place, index))) {
          return index;
        }
      }
      await store.conflict(attempt);
    }
  }

  async #remove(
    store: StoreInCall,
    ids: readonly string[],
    keys: readonly string[],
  ): Promise<void> {
    for (const key of keys) this.#versions.delete(key);
    const likelyShop = likelyShopOf(ids[0] ?? '');
    const { read, taken: texts } = await store.readAndTake(this.keys.shop(likelyShop), keys);
    const goneByShop = new Map<string, string[]>();
    for (const [at, id] of ids.entries()) {
      const text = texts[at];
      if (text === undefined) continue;
      const shop = peekRecord(text)?.shop ?? likelyShopOf(id);
      const gone = goneByShop.get(shop);
      if (gone === undefined) goneByShop.set(shop, [id]);
      else gone.push(id);
    }
    await Promise.all(
      [...goneByShop].map(([shop, gone]) => {
        const seen = shop === likelyShop ? decodeIndex(shop, read) : undefined;
        return this.index.remove(store, shop, gone, seen);
      }),
    );
  }

  /** Puts a reservation where nothing stands. Answers its text, or `undefined` if something does. */
  async #reserve(store: StoreInCall, key: string, shop: string): Promise<string | undefined> {
    const expiresAt = Date.now() + reservationTime;
    const next = encodeReservation(shop, expiresAt);
    const swap = { key, expected: undefined, next, expiresAt };
    return (await store.compareAndSwap(swap)) ? next : undefined;
  }

  /**
   * Lists a session, and puts it in the place of `current`, such as its reservation; shop-index.ts
   * says why in this order.
   *
   * @returns false if something else than `current` stands there by then.
   */
  async #replaceUnlisted(
    store: StoreInCall,
    current: string,
    { id, shop }: SessionLike,
    { key, next, expiresAt }: NextRecord,
    index: IndexSnapshot | undefined,
  ): Promise<boolean> {
    const previous = decodeRecord(current, id);
    const session = { key, expected: versionOf(current), next, expiresAt };
    const isStored = await this.index.addAndStore(store, shop, id, session, index);
    if (!isStored) return false;
    this.#versions.set(key, versionOf(next));
    if (previous.shop !== shop) await this.index.remove(store, previous.shop, [id]);
    return true;
  }
}

/** What is to stand at a key. */
type NextRecord = {
  readonly key: string;
  readonly next: string;
  readonly expiresAt: number | undefined;
};
