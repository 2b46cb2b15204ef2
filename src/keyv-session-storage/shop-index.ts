// The index per shop: one record that lists the ids of the shop's sessions, changed by
// compare-and-swap only.
//
// What keeps it exact while many processes store and delete:
// - Whoever creates a session first puts a reservation at the session's key, then adds the id here,
//   then replaces the very same reservation by the session. Adding always changes this record, even
//   when the id is listed already.
// - An id is removed only if, after this record was read, nothing stood at the session's key (such as
//   in the moment in which the session was taken away), and only if this record has not changed since.
// So while a session exists its id is listed: between reservation and session the key was never
// empty, and a removal that was decided before the reservation fails on the changed record. An id
// may be listed without a session (a process died in between); it is removed when next seen.
import { RecordUnreadableError, StoreConflictError } from '../errors.js';
import type { BoundedStore, Swap } from './atomic-store/index.js';
import type { RecordKeys } from './record-keys.js';
import { isOfAnotherShop, parseJson, peekRecord, versionOf } from './session-record.js';

/** How many sessions that may have expired one change looks at. */
const expiredAtOnce = 100;

/** A shop's sessions: id to the time it expires, in milliseconds since the epoch, or null. */
type Entries = Map<string, number | null>;

/** The index of one shop, as it was read. */
export interface IndexSnapshot {
  readonly text: string | undefined;
  readonly entries: Entries;
}

/** Changes that wait to be made to one shop's index in one go. */
class Batch {
  readonly additions: Entries = new Map();
  readonly removals = new Set<string>();
  /** The index as one of the callers has read it. */
  seen: IndexSnapshot | undefined;
  /** What the only caller wants to be stored next. */
  next: Swap | undefined;
  callers = 0;
  /** Whether `next` was stored; `undefined` if that was not tried. */
  readonly done: Promise<boolean | undefined>;
  resolve: (stored: boolean | undefined) => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

export class ShopIndex {
  readonly #store: BoundedStore;
  readonly #keys: RecordKeys;
  /** By shop; the entry is there while changes are being made. */
  readonly #waiting = new Map<string, Batch>();
  readonly #working = new Set<string>();

  constructor(store: BoundedStore, keys: RecordKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /**
   * Lists a session, and then stores it in place of its reservation.
   *
   * @param seen The index as it was read a moment ago, to save reading it.
   * @returns Whether `session` was stored. The id is listed in any case.
   */
  async addAndStore(
    shop: string,
    id: string,
    session: Swap,
    seen: IndexSnapshot | undefined,
  ): Promise<boolean> {
    const stored = await this.#change(shop, (batch) => {
      batch.additions.set(id, session.expiresAt ?? null);
      batch.seen ??= seen;
      batch.next = session;
    });
    return stored ?? this.#store.compareAndSwap(session);
  }

  /**
   * Removes those of `ids` whose sessions are gone.
   *
   * @param seen The index as it was read before these sessions were taken away, to save reading it.
   */
  async remove(
    shop: string,
    ids: readonly string[],
    seen: IndexSnapshot | undefined = undefined,
  ): Promise<void> {
    await this.#change(shop, (batch) => {
      for (const id of ids) batch.removals.add(id);
      batch.seen ??= seen;
    });
  }

  /** The index of a shop as it stands. */
  async read(shop: string): Promise<IndexSnapshot> {
    return decodeIndex(shop, await this.#store.get(this.#keys.shop(shop)));
  }

  /** The index of a shop from what was read at its key. */
  snapshot(shop: string, text: string | undefined): IndexSnapshot {
    return decodeIndex(shop, text);
  }

  /** Removes ids that were found without a session after `seen` was read, unless it has changed. */
  async forget(shop: string, seen: IndexSnapshot, ids: readonly string[]): Promise<void> {
    if (seen.text === undefined) return;
    const entries = new Map(seen.entries);
    for (const id of ids) entries.delete(id);
    await this.#store.compareAndSwap(indexSwap(this.#keys.shop(shop), shop, seen.text, entries));
  }

  /** Callers of one process that change the same index at the same time share one change. */
  #change(shop: string, add: (batch: Batch) => void): Promise<boolean | undefined> {
    let batch = this.#waiting.get(shop);
    if (batch === undefined) {
      batch = new Batch();
      this.#waiting.set(shop, batch);
    }
    add(batch);
    batch.callers++;
    if (!this.#working.has(shop)) void this.#work(shop);
    return batch.done;
  }

  async #work(shop: string): Promise<void> {
    this.#working.add(shop);
    for (let batch = this.#next(shop); batch !== undefined; batch = this.#next(shop)) {
      try {
        batch.resolve(await this.#commit(shop, batch));
      } catch (error) {
        batch.reject(error);
      }
    }
    this.#working.delete(shop);
  }

  #next(shop: string): Batch | undefined {
    const batch = this.#waiting.get(shop);
    this.#waiting.delete(shop);
    return batch;
  }

  /** Answers whether the session of the only caller was stored, if there is one. */
  async #commit(shop: string, batch: Batch): Promise<boolean | undefined> {
    const { additions, removals, seen, next, callers } = batch;
    const key = this.#keys.shop(shop);
    const giveUpAt = Date.now() + 4 * this.#store.deadline;
    for (let attempt = 0; Date.now() < giveUpAt; attempt++) {
      const leaving = [...removals].filter((id) => !additions.has(id));
      const sessionKeys = leaving.map((id) => this.#keys.session(id));
      // What the only caller wants removed, it took away after it had seen the index.
      const isKnown =
        attempt === 0 && seen !== undefined && (leaving.length === 0 || callers === 1);
      const [text, ...records] = isKnown
        ? [seen.text]
        : await this.#store.getMany([key, ...sessionKeys]);
      const entries = isKnown ? new Map(seen.entries) : decodeIndex(shop, text).entries;
      let changed = additions.size > 0;
      leaving.forEach((id, at) => {
        if (isGone(records[at], shop)) changed = entries.delete(id) || changed;
      });
      if (!changed) return undefined;
      if (additions.size > 0) await this.#removeExpired(shop, entries);
      for (const [id, expiresAt] of additions) entries.set(id, expiresAt);
      const swap = indexSwap(key, shop, text, entries);
      if (next !== undefined && callers === 1) {
        const made = await this.#store.compareAndSwapInTurn(swap, next);
        if (made.first) return made.second;
      } else if (await this.#store.compareAndSwap(swap)) return undefined;
      // Others were faster. Waiting a little, each for another while, lets one of them through.
      const pause = Math.random() * Math.min(40, 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    throw new StoreConflictError(
      `The index of shop ${shop} was changed by other processes at every attempt. Try again.`,
    );
  }

  /** Not every backend drops expired records; without this, a shop's list would only grow. */
  async #removeExpired(shop: string, entries: Entries): Promise<void> {
    const now = Date.now();
    const ids = [...entries]
      .filter(([, expiresAt]) => expiresAt !== null && expiresAt < now)
      .slice(0, expiredAtOnce)
      .map(([id]) => id);
    if (ids.length === 0) return;
    const keys = ids.map((id) => this.#keys.session(id));
    const records = await this.#store.getMany(keys);
    await Promise.all(
      ids.map(async (id, at) => {
        const [key, text] = [keys[at], records[at]];
        if (key === undefined) return;
        if (isGone(text, shop) || (await this.#dropExpired(key, text))) entries.delete(id);
      }),
    );
  }

  async #dropExpired(key: string, text: string | undefined): Promise<boolean> {
    if (text === undefined || !hasExpired(text)) return false;
    return this.#store.compareAndSwap({ key, expected: versionOf(text), next: undefined });
  }
}

/** Replaces the index that was read. */
function indexSwap(key: string, shop: string, seen: string | undefined, entries: Entries): Swap {
  return {
    key,
    expected: seen === undefined ? undefined : versionOf(seen),
    next: entries.size === 0 ? undefined : encodeIndex(shop, entries),
  };
}

/** Whether nothing stands at a session's key, or a session of another shop. */
function isGone(text: string | undefined, shop: string): boolean {
  return text === undefined || isOfAnotherShop(text, shop);
}

/** Whether a record may be removed: what it held cannot be used any more. */
function hasExpired(text: string): boolean {
  const expiresAt = peekRecord(text)?.expiresAt;
  return typeof expiresAt === 'number' && expiresAt < Date.now();
}

function encodeIndex(shop: string, entries: Entries): string {
  const nonce = crypto.randomUUID();
  return JSON.stringify({ v: 1, type: 'shop', shop, nonce, sessions: [...entries] });
}

function decodeIndex(shop: string, text: string | undefined): IndexSnapshot {
  if (text === undefined) return { text, entries: new Map() };
  const index = parseJson(text);
  if (isIndex(index) && index.shop === shop) return { text, entries: new Map(index.sessions) };
  throw new RecordUnreadableError(
    `The index of shop ${shop} in the store is not one that this version wrote. It was left as it is.`,
  );
}

function isIndex(value: unknown): value is { shop: unknown; sessions: [string, number | null][] } {
  if (typeof value !== 'object' || value === null) return false;
  const { v, type, sessions } = value as Record<string, unknown>;
  return v === 1 && type === 'shop' && Array.isArray(sessions);
}
