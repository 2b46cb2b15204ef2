// Removes what has expired, and what an index lists without a session: in batches, in the background,
// and without anyone waiting for it or hearing of its failures.
import type { CalledStore, Swap } from '../atomic-store/index.js';
import { setReferenced } from '../pause.js';
import { type IndexEntries, isGone } from './index-record.js';
import { hasExpired, peekRecord, versionOf } from './session-record.js';
import type { SessionRecords } from './session-records.js';

/** Sessions that are looked at together. */
const batchSize = 500;
/** Sessions that wait at most. More are found again by the next call. */
const longestQueue = 10_000;
/** How long nothing is tried after a failure, such as that of a read-only store, in milliseconds. */
const restAfterFailure = 60_000;
/** How long tidying counts as under way after a batch began: with its request on Cloudflare Workers, it ends unseen. */
const longestBatch = 60_000;

export class Tidying {
  readonly #store: CalledStore;
  readonly #records: SessionRecords;
  /** By shop: ids of sessions that may be removed. */
  readonly #waiting = new Map<string, Set<string>>();
  #waitingCount = 0;
  #workingUntil = 0;
  #isStopped = false;
  #restUntil = 0;

  constructor(store: CalledStore, records: SessionRecords) {
    this.#store = store;
    this.#records = records;
  }

  /** Looks at these sessions of a shop later. They are removed if they have expired or are gone. */
  add(shop: string, ids: readonly string[]): void {
    if (ids.length === 0 || this.#isStopped || Date.now() < this.#restUntil) return;
    const waiting = this.#waiting.get(shop) ?? new Set();
    this.#waiting.set(shop, waiting);
    for (const id of ids) {
      if (this.#waitingCount >= longestQueue) break;
      if (waiting.has(id)) continue;
      waiting.add(id);
      this.#waitingCount++;
    }
    if (Date.now() < this.#workingUntil) return;
    this.#workingUntil = Date.now() + longestBatch;
    setReferenced(
      setTimeout(() => void this.#work()),
      false,
    );
  }

  /** Looks later at those sessions of a shop that have expired, going by its index. */
  addExpired(shop: string, entries: IndexEntries): void {
    const now = Date.now();
    const ids: string[] = [];
    for (const [id, expiresAt] of entries) {
      if (expiresAt !== null && expiresAt < now) ids.push(id);
    }
    this.add(shop, ids);
  }

  /** Ends after the batch that is under way. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
    this.#waitingCount = 0;
  }

  async #work(): Promise<void> {
    try {
      for (let batch = this.#next(); batch !== undefined; batch = this.#next()) {
        this.#workingUntil = Date.now() + longestBatch;
        await this.#remove(batch.shop, batch.ids);
      }
    } catch {
      // Nobody asked for it. What is left is found again.
      this.#waiting.clear();
      this.#waitingCount = 0;
      this.#restUntil = Date.now() + restAfterFailure;
    }
    this.#workingUntil = 0;
  }

  #next(): { shop: string; ids: string[] } | undefined {
    for (const [shop, waiting] of this.#waiting) {
      const ids = [...waiting].slice(0, batchSize);
      for (const id of ids) waiting.delete(id);
      this.#waitingCount -= ids.length;
      if (waiting.size === 0) this.#waiting.delete(shop);
      if (ids.length > 0) return { shop, ids };
    }
    return undefined;
  }

  #remove(shop: string, ids: readonly string[]): Promise<void> {
    return this.#store.call({ operation: 'tidying', shop }, async (store) => {
      const texts = await store.getMany(ids.map((id) => this.#records.keys.session(id)));
      const gone: string[] = [];
      const expired: string[] = [];
      const drops: Swap[] = [];
      for (const [at, id] of ids.entries()) {
        const text = texts[at];
        if (text === undefined || isGone(text, shop)) gone.push(id);
        else if (mayBeRemoved(text)) {
          expired.push(id);
          // Exactly what was read: a session that was stored since then stays.
          const key = this.#records.keys.session(id);
          drops.push({ key, expected: versionOf(text), next: undefined });
        }
      }
      const isDropped = drops.length === 0 ? [] : await store.compareAndSwapEach(drops);
      const leaving = [...gone, ...expired.filter((_, at) => isDropped[at])];
      if (leaving.length > 0) await this.#records.index.remove(store, shop, leaving);
    });
  }
}

/** Whether a record may be removed: what it held cannot be used any more. */
function mayBeRemoved(text: string): boolean {
  const record = peekRecord(text);
  return record !== undefined && hasExpired(record);
}
