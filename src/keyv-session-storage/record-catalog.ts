// Goes through the records of a store and replaces them one by one, for re-encryption and copying.

import type { CalledStore, StoreInCall, Swap } from '../atomic-store/index.js';
import { invalidOption } from '../checked-options.js';
import { SessionInvalidError } from '../errors.js';
import { memberOf } from '../foreign-object.js';
import { lastUseOf, type SessionLike } from '../session.js';
import type { CatalogWarning, SessionChange } from '../session-catalog.js';
import { pagesAhead } from '../store-access/index.js';
import { UnreadableRecords } from '../unreadable-records.js';
import type { RecordReader } from './record-reader.js';
import { sessionExpiry } from './session-expiry.js';
import type { SessionRecords, StoredRecord } from './session-records.js';

export class RecordCatalog<S extends SessionLike> {
  readonly #store: CalledStore;
  readonly #records: SessionRecords;
  readonly #reader: RecordReader<S>;
  readonly #gracePeriod: number;

  constructor(
    store: CalledStore,
    records: SessionRecords,
    reader: RecordReader<S>,
    gracePeriod: number,
  ) {
    this.#store = store;
    this.#records = records;
    this.#reader = reader;
    this.#gracePeriod = gracePeriod;
  }

  async *sessions(): AsyncGenerator<S> {
    if (!this.#reader.isReady) await this.#reader.getReady();
    const { sessionPrefix } = this.#records.keys;
    const unreadable = new UnreadableRecords();
    const read = (cursor: unknown) =>
      this.#store.run({ operation: 'sessions' }, (store, signal) =>
        store.page(sessionPrefix, cursor, signal),
      );
    for await (const { values } of pagesAhead(read, ({ next }) => next)) {
      for (const text of values) {
        const session = this.#reader.readListed(text, (id) => this.#records.keys.session(id));
        if (session === 'unreadable') unreadable.add();
        else if (session !== undefined) yield session;
      }
    }
    unreadable.report();
  }

  async replaceOne(current: S | undefined, next: S): Promise<boolean> {
    assertReplaceable(current, next);
    const subject = { operation: 'replaceSession', sessionId: next.id, writes: true };
    return await this.#store.call(subject, async (store) => {
      if (current === undefined) {
        return this.#records.add(store, next, sessionExpiry(next, this.#gracePeriod));
      }
      const record = await this.#recordOf(store, current);
      return (
        record !== undefined &&
        store.compareAndSwap(this.#replacement(record, { current, next }), true)
      );
    });
  }

  async replaceMany(changes: readonly SessionChange<S>[]): Promise<boolean[]> {
    if (!Array.isArray(changes)) {
      throw invalidOption('changes', 'a list of objects with current and next', changes);
    }
    for (const change of changes) {
      assertReplaceable(memberOf(change, 'current'), memberOf(change, 'next'));
    }
    return await this.#store.call({ operation: 'replaceSessions', writes: true }, async (store) => {
      const made = changes.map(() => false);
      const found = await Promise.all(
        changes.map(async (change, at) => {
          const record = await this.#recordOf(store, change.current);
          return record === undefined ? [] : [{ at, swap: this.#replacement(record, change) }];
        }),
      );
      const swaps = found.flat();
      const areMade =
        swaps.length === 0 ? [] : await store.compareAndSwapEach(swaps.map(({ swap }) => swap));
      for (const [index, { at }] of swaps.entries()) made[at] = areMade[index] === true;
      return made;
    });
  }

  async remove(current: S): Promise<boolean> {
    assertStorable(current);
    const { id } = current;
    const subject = { operation: 'removeSession', sessionId: id, writes: true };
    return await this.#store.call(subject, async (store) => {
      const record = await this.#recordOf(store, current);
      return record !== undefined && this.#records.removeExactly(store, record, current.shop);
    });
  }

  estimate(): Promise<number> {
    const { sessionPrefix } = this.#records.keys;
    return this.#store.run({ operation: 'estimateSessions' }, async (store, signal) => {
      if (store.estimate !== undefined) return store.estimate(sessionPrefix, signal);
      return (await store.page(sessionPrefix, undefined, signal)).values.length;
    });
  }

  findings(): Promise<CatalogWarning[]> {
    return this.#store.run(
      { operation: 'warnings' },
      async (store, signal) => (await store.findings?.(signal)) ?? [],
    );
  }

  /** It is kept for as long as before, unless the new one can be used until another time. */
  #replacement(record: StoredRecord, { current, next }: SessionChange<S>): Swap {
    const expiresAt =
      lastUseOf(next) === lastUseOf(current)
        ? (record.expiresAt ?? undefined)
        : sessionExpiry(next, this.#gracePeriod);
    return this.#records.replacement(record, next, expiresAt);
  }

  /** The record that a session stands for: the one it was read from, or one that says the same. */
  async #recordOf(store: StoreInCall, session: S): Promise<StoredRecord | undefined> {
    const known = this.#reader.recordOf(session);
    if (known !== undefined) return known;
    const stored = await this.#records.find(store, session.id);
    return stored && this.#reader.equalRecord(stored, session);
  }
}

/** @throws SessionInvalidError if a session has no id or shop. */
export function assertStorable(session: unknown): asserts session is SessionLike {
  const [id, shop] = [memberOf(session, 'id'), memberOf(session, 'shop')];
  if (typeof id !== 'string' || id === '') {
    throw new SessionInvalidError('A session without an id cannot be stored.');
  }
  if (typeof shop !== 'string' || shop === '') {
    throw new SessionInvalidError(`Session ${id}: it has no shop. Set one before storing it.`, {
      sessionId: id,
      field: 'shop',
    });
  }
}

function assertReplaceable(current: unknown, next: unknown): void {
  assertStorable(next);
  if (current === undefined) return;
  assertStorable(current);
  if (current.id === next.id && current.shop === next.shop) return;
  throw new SessionInvalidError(
    `Session ${current.id}: only a session of the same id and shop can replace it.`,
    { sessionId: current.id },
  );
}
