// Puts, replaces and removes session records, and keeps each shop's index right while doing so.
import type { SessionLike } from '../session.js';
import type { BoundedStore } from './atomic-store/index.js';
import { RecentKeys } from './recent-keys.js';
import type { RecordKeys } from './record-keys.js';
import {
  decodeRecord,
  encodeReservation,
  encodeSession,
  isOfAnotherShop,
  peekRecord,
  sessionRecordStart,
  versionOf,
} from './session-record.js';
import { type IndexSnapshot, ShopIndex } from './shop-index.js';

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

export class SessionRecords {
  readonly #store: BoundedStore;
  readonly #keys: RecordKeys;
  readonly #index: ShopIndex;
  /** Under these keys sessions were seen. Wrong guesses cost a round trip and nothing else. */
  readonly #likelyStored = new RecentKeys();

  constructor(store: BoundedStore, keys: RecordKeys) {
    this.#store = store;
    this.#keys = keys;
    this.#index = new ShopIndex(store, keys);
  }

  async find(id: string): Promise<StoredText | undefined> {
    const key = this.#keys.session(id);
    const text = await this.#store.get(key);
    if (text === undefined) return undefined;
    this.#likelyStored.add(key);
    return { key, id, text };
  }

  /** The records that a shop's index lists; an id whose session is gone is taken off the index. */
  async findByShop(shop: string): Promise<StoredText[]> {
    const index = await this.#index.read(shop);
    const ids = [...index.entries.keys()];
    const keys = ids.map((id) => this.#keys.session(id));
    const texts = await this.#store.getMany(keys);
    const found: StoredText[] = [];
    const gone: string[] = [];
    for (const [at, id] of ids.entries()) {
      const [key, text] = [keys[at], texts[at]];
      if (key === undefined || text === undefined || isOfAnotherShop(text, shop)) gone.push(id);
      else found.push({ key, id, text });
    }
    // Tidying up only: whoever finds the shop's sessions next would do it as well.
    if (gone.length > 0) await this.#index.forget(shop, index, gone).catch(() => {});
    return found;
  }

  /** Every record, in batches, in no order; those there throughout are all among them. */
  async *all(): AsyncGenerator<string[]> {
    for await (const batch of this.#store.valuesUnder(this.#keys.sessionPrefix)) yield batch;
  }

  keyOf(id: string): string {
    return this.#keys.session(id);
  }

  /** Stores a session, whatever stands there. */
  async put(session: SessionLike, expiresAt: number | undefined): Promise<void> {
    const next = encodeSession(session, expiresAt);
    const key = this.#keys.session(session.id);
    // In one round trip: a session of this shop stands there, so it is listed.
    const expected = sessionRecordStart(session.shop);
    const replace = () => this.#store.compareAndSwap({ key, expected, next, expiresAt });
    if (this.#likelyStored.has(key) && (await replace())) return;
    for (;;) {
      // What a new session needs is asked for at the same time: only one of the two swaps can be
      // made, unless the session is deleted between them; then it is stored anew.
      const [replaced, reservation, index] = await Promise.all([
        replace(),
        this.#reserve(key, session.shop),
        this.#index.read(session.shop),
      ]);
      if (replaced && reservation === undefined) break;
      const current = reservation ?? (await this.#store.get(key));
      if (current === undefined) continue;
      if (await this.#replaceUnlisted(key, current, session, next, expiresAt, index)) break;
    }
    this.#likelyStored.add(key);
  }

  /** Stores a session unless there is one under its id. */
  async add(session: SessionLike, expiresAt: number | undefined): Promise<boolean> {
    const next = encodeSession(session, expiresAt);
    const key = this.#keys.session(session.id);
    const current = (await this.#reserve(key, session.shop)) ?? (await this.#store.get(key));
    if (current === undefined || decodeRecord(current, session.id).type === 'session') return false;
    return this.#replaceUnlisted(key, current, session, next, expiresAt);
  }

  /** Replaces exactly the record that was read. What it is kept for and how long stays the same. */
  async replace(stored: StoredRecord, session: SessionLike): Promise<boolean> {
    const { key, text } = stored;
    const expiresAt = stored.expiresAt ?? undefined;
    const next = encodeSession(session, expiresAt);
    return this.#store.compareAndSwap({ key, expected: versionOf(text), next, expiresAt });
  }

  /** Removes exactly the record that was read; one that was stored anew meanwhile stays. */
  async drop({ key, text }: StoredText): Promise<boolean> {
    return this.#store.compareAndSwap({ key, expected: versionOf(text), next: undefined });
  }

  /** Removes sessions, whatever they hold. */
  async remove(ids: readonly string[]): Promise<void> {
    const keys = ids.map((id) => this.#keys.session(id));
    for (const key of keys) this.#likelyStored.delete(key);
    const likelyShop = shopOf(ids[0] ?? '');
    const { read, taken: texts } = await this.#store.readAndTake(this.#keys.shop(likelyShop), keys);
    const goneByShop = new Map<string, string[]>();
    for (const [at, id] of ids.entries()) {
      const text = texts[at];
      const shop = text === undefined ? undefined : peekRecord(text)?.shop;
      if (shop === undefined) continue;
      const gone = goneByShop.get(shop);
      if (gone === undefined) goneByShop.set(shop, [id]);
      else gone.push(id);
    }
    await Promise.all(
      [...goneByShop].map(([shop, gone]) => {
        const seen = shop === likelyShop ? this.#index.snapshot(shop, read) : undefined;
        return this.#index.remove(shop, gone, seen);
      }),
    );
  }

  /** Puts a reservation where nothing stands. Answers its text, or `undefined` if something does. */
  async #reserve(key: string, shop: string): Promise<string | undefined> {
    const expiresAt = Date.now() + reservationTime;
    const next = encodeReservation(shop, expiresAt);
    const swap = { key, expected: undefined, next, expiresAt };
    return (await this.#store.compareAndSwap(swap)) ? next : undefined;
  }

  /**
   * Lists a session, and puts it in the place of `current`, such as its reservation; shop-index.ts
   * says why in this order.
   *
   * @returns false if something else than `current` stands there by then.
   */
  async #replaceUnlisted(
    key: string,
    current: string,
    { id, shop }: SessionLike,
    next: string,
    expiresAt: number | undefined,
    index?: IndexSnapshot,
  ): Promise<boolean> {
    const previous = decodeRecord(current, id);
    const session = { key, expected: versionOf(current), next, expiresAt };
    const stored = await this.#index.addAndStore(shop, id, session, index);
    if (stored && previous.shop !== shop) await this.#index.remove(previous.shop, [id]);
    return stored;
  }
}

/**
 * The shop of a session, going by the ids that shopify-api makes: `offline_{shop}` and
 * `{shop}_{user}`. Where an id is another, the shop's index is read once its record says which it is.
 */
function shopOf(id: string): string {
  return id.startsWith('offline_') ? id.slice('offline_'.length) : id.replace(/_[^_]*$/, '');
}
