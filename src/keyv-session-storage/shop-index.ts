// The index per shop: one record that lists the ids of the shop's sessions, changed by
// compare-and-swap only.
//
// What keeps it exact while many processes store and delete:
// - Anyone who creates a session first puts a reservation at the session's key, then adds the id here,
//   then replaces the very same reservation by the session. Adding always changes this record, even
//   when the id is listed already.
// - An id is removed only if, after this record was read, nothing stood at the session's key (such as
//   in the moment in which the session was taken away), and only if this record has not changed since.
// So while a session exists its id is listed: between reservation and session the key was never
// empty, and a removal that was decided before the reservation fails on the changed record. An id
// may be listed without a session (a process died in between); it is removed when next seen.

import type { StoreInCall, Swap } from '../atomic-store/index.js';
import { StoreConflictError } from '../errors.js';
import { dueTime, longestTurn } from '../store-access/index.js';
import { Turns } from '../turns.js';
import {
  decodeIndex,
  type IndexEntries,
  type IndexSnapshot,
  indexSwap,
  isGone,
} from './index-record.js';
import type { RecordKeys } from './record-keys.js';

/** With fewer conflicts than these within the deadline, it is the store that is slow. */
const conflictsOfBusyShop = 5;

/** A session to list. */
interface Addition {
  readonly expiresAt: number | null;
  /** That of its caller. Once it is over, the session must not be listed any more. */
  readonly store: StoreInCall;
}

/** Changes that wait to be made to one shop's index in one go. */
class Batch {
  readonly additions = new Map<string, Addition>();
  readonly removals = new Set<string>();
  /** The index as one of the callers has read it. */
  seen: IndexSnapshot | undefined;
  /** What the only caller wants to be stored next. */
  next: Swap | undefined;
  /** That of the first caller, which makes the changes of all. */
  readonly store: StoreInCall;
  /** When others may not join any more: on Cloudflare Workers, the first caller may have ended unseen. */
  readonly joinableUntil: number;
  callers = 0;
  /** Whether `next` was stored; `undefined` if that was not tried. */
  readonly done: Promise<boolean | undefined>;
  resolve: (stored: boolean | undefined) => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor(store: StoreInCall) {
    this.store = store;
    this.joinableUntil = dueTime(store.signal);
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

export class ShopIndex {
  readonly #keys: RecordKeys;
  /** By shop: changes that wait until others have been made. */
  readonly #waiting = new Map<string, Batch>();
  readonly #turns = new Turns();
  /** By shop whose index is being read for a store: until when, at the latest. */
  readonly #readingUntil = new Map<string, number>();

  constructor(keys: RecordKeys) {
    this.#keys = keys;
  }

  /**
   * Lists a session, and then stores it in place of its reservation.
   *
   * @param seen The index as it was read a moment ago, to save reading it.
   * @returns Whether `session` was stored. The id is listed in any case.
   */
  async addAndStore(
    store: StoreInCall,
    shop: string,
    id: string,
    session: Swap,
    seen: IndexSnapshot | undefined,
  ): Promise<boolean> {
    const stored = await this.#change(store, shop, (batch) => {
      batch.additions.set(id, { expiresAt: session.expiresAt ?? null, store });
      batch.seen ??= seen;
      batch.next = session;
    });
    return stored ?? store.compareAndSwap(session, true);
  }

  /**
   * Removes those of `ids` whose sessions are gone.
   *
   * @param seen The index as it was read before these sessions were taken away, to save reading it.
   */
  async remove(
    store: StoreInCall,
    shop: string,
    ids: readonly string[],
    seen: IndexSnapshot | undefined = undefined,
  ): Promise<void> {
    await this.#change(store, shop, (batch) => {
      for (const id of ids) batch.removals.add(id);
      batch.seen ??= seen;
    });
  }

  /** The index of a shop as it stands. */
  async read(store: StoreInCall, shop: string): Promise<IndexSnapshot> {
    return decodeIndex(shop, await store.get(this.#keys.shop(shop)));
  }

  /**
   * The index of a shop for a caller who is about to store a session, to save a round trip: not if it
   * is being read or changed here, as a shop's list may be long, and those callers share one change.
   */
  async readUnlessBusy(store: StoreInCall, shop: string): Promise<IndexSnapshot | undefined> {
    const isBeingRead = Date.now() < (this.#readingUntil.get(shop) ?? 0);
    if (isBeingRead || this.#turns.isTaken(shop)) return undefined;
    this.#readingUntil.set(shop, dueTime(store.signal));
    try {
      return await this.read(store, shop);
    } finally {
      this.#readingUntil.delete(shop);
    }
  }

  /**
   * Callers of one process that change the same index at the same time share one change. Each batch is
   * made by its first caller: on Cloudflare Workers, no request may use what another one has made.
   */
  async #change(
    store: StoreInCall,
    shop: string,
    add: (batch: Batch) => void,
  ): Promise<boolean | undefined> {
    for (;;) {
      const waiting = this.#waiting.get(shop);
      if (waiting === undefined || Date.now() >= waiting.joinableUntil) break;
      add(waiting);
      waiting.callers++;
      try {
        return await waiting.done;
      } catch (error) {
        // The first caller had less time than this one.
        if (!waiting.store.isOver || store.isOver) throw error;
      }
    }
    return this.#lead(new Batch(store), shop, add);
  }

  #lead(batch: Batch, shop: string, add: (batch: Batch) => void): Promise<boolean | undefined> {
    add(batch);
    batch.callers++;
    this.#waiting.set(shop, batch);
    const { signal } = batch.store;
    const done = this.#turns.take([shop], longestTurn(signal), () => {
      if (this.#waiting.get(shop) === batch) this.#waiting.delete(shop);
      return this.#commit(shop, batch);
    });
    done.then(batch.resolve, batch.reject);
    return batch.done;
  }

  /** Answers whether the session of the only caller was stored, if there is one. */
  async #commit(shop: string, batch: Batch): Promise<boolean | undefined> {
    const { removals, seen, next, callers, store } = batch;
    const key = this.#keys.shop(shop);
    for (let attempt = 1; ; attempt++) {
      const additions = [...batch.additions].filter(([, caller]) => !caller.store.isOver);
      const leaving = [...removals].filter((id) => !batch.additions.has(id));
      // Safe to reuse `seen` with one caller: it read the index before it took its sessions away.
      const isKnown =
        attempt === 1 && seen !== undefined && (leaving.length === 0 || callers === 1);
      const { text, entries, gone } = isKnown
        ? { text: seen.text, entries: new Map(seen.entries), gone: leaving }
        : await this.#readWith(store, shop, leaving);
      let isChanged = additions.length > 0;
      for (const id of gone) isChanged = entries.delete(id) || isChanged;
      if (!isChanged) return undefined;
      for (const [id, { expiresAt }] of additions) entries.set(id, expiresAt);
      const swap = indexSwap(key, shop, text, entries);
      if (next !== undefined && callers === 1) {
        const made = await store.compareAndSwapInTurn(swap, next);
        if (made.first) return made.second;
      } else if (await store.compareAndSwap(swap)) return undefined;
      await store.conflict(attempt);
      if (!store.signal.aborted || attempt < conflictsOfBusyShop) continue;
      throw new StoreConflictError(
        `The index of shop ${shop} was changed by other processes at every attempt. Try again.`,
      );
    }
  }

  /** The index, and which of `ids` had no session of the shop after it was read. */
  async #readWith(store: StoreInCall, shop: string, ids: readonly string[]) {
    const keys = ids.map((id) => this.#keys.session(id));
    const [text, ...records] = await store.getMany([this.#keys.shop(shop), ...keys]);
    const entries: IndexEntries = decodeIndex(shop, text).entries;
    return { text, entries, gone: ids.filter((_, at) => isGone(records[at], shop)) };
  }
}
