// Any other Keyv adapter: it can read and write, but not compare and swap. A lock per key makes
// that safe within one process, and only there.
import { OptionInvalidError } from '../errors.js';
import { hasMembers, hasMethods, type Members, typeName } from '../foreign-object.js';
import { unlessAborted } from '../store-access/begun-in-time.js';
import {
  allAnswers,
  longestTurn,
  NotSentError,
  remainingTime,
  type Send,
} from '../store-access/index.js';
import { Turns } from '../turns.js';
import { warnOnce } from '../warning.js';
import {
  type AtomicStore,
  meets,
  type Page,
  pageSize,
  type ReadAndTaken,
  type Swap,
} from './atomic-store.js';

interface Adapter extends Members {
  get(key: string): unknown;
  set(key: string, value: string): unknown;
  delete(key: string): unknown;
}

/** By adapter, so that several storages over one adapter share its locks. */
const turnsOf = new WeakMap<object, Turns>();

export class LockedStore implements AtomicStore {
  readonly atomic = false;
  readonly #adapter: Adapter;
  readonly #turns: Turns;
  readonly #name: string;
  #errors = 0;
  #lastError: unknown;
  #canList = false;
  readonly #note = (error: unknown): void => {
    this.#errors++;
    this.#lastError = error;
  };

  constructor(adapter: Members) {
    this.#adapter = adapter as Adapter;
    this.#name = typeName(adapter);
    warnOnce(
      `The Keyv adapter, ${this.#name}, cannot compare and swap. If several processes use this store, sessions may be missing from findSessionsByShop. Redis, Valkey, PostgreSQL, MySQL and SQLite can.`,
      'SESSION_STORE_NOT_ATOMIC',
    );
    this.#turns = turnsOf.get(adapter) ?? new Turns();
    turnsOf.set(adapter, this.#turns);
    // Adapters report failures as events and answer as if nothing were stored.
    this.#callIfThere('on', 'error', this.#note);
    // It stays so after `close`, as other storages may be open over the same adapter.
    if (typeof adapter.throwOnErrors === 'boolean') Reflect.set(adapter, 'throwOnErrors', true);
  }

  async get(key: string): Promise<string | undefined> {
    return this.#failing(async () => this.#textOf(await this.#adapter.get(key)));
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    const [first, ...others] = keys;
    if (first === undefined) return [];
    const head = await this.get(first);
    if (others.length === 0) return [head];
    if (!hasMethods(this.#adapter, 'getMany')) {
      return [head, ...(await Promise.all(others.map((key) => this.get(key))))];
    }
    const getMany = this.#adapter.getMany as (keys: string[]) => Promise<unknown>;
    return this.#failing(async () => {
      const values: unknown = await Reflect.apply(getMany, this.#adapter, [others]);
      if (!Array.isArray(values) || values.length !== others.length) {
        throw new TypeError('The Keyv adapter did not answer with one value per key.');
      }
      return [head, ...values.map((value) => this.#textOf(value))];
    });
  }

  compareAndSwap({ key, expected, next }: Swap, signal: AbortSignal): Promise<boolean> {
    return this.#inTurn(key, signal, async (current) => {
      if (!meets(current, expected)) return false;
      if (next === undefined) await this.#failing(async () => this.#adapter.delete(key));
      else if ((await this.#failing(async () => this.#adapter.set(key, next))) === false) {
        throw new Error('The Keyv adapter answered false to a write.');
      }
      return true;
    });
  }

  compareAndSwapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    const swapOne = (swap: Swap) => send((signal) => this.compareAndSwap(swap, signal), true);
    return allAnswers(swaps.map(swapOne));
  }

  async page(prefix: string, cursor: unknown): Promise<Page> {
    const entries = (cursor as AsyncIterator<unknown> | undefined) ?? this.#list();
    const values: string[] = [];
    while (values.length < pageSize) {
      const { done, value: entry } = await this.#nextOf(entries);
      if (done === true) {
        // An adapter that lists under keys of its own finds nothing of ours, ever.
        if (values.length === 0 && !this.#canList) throw this.#cannotList();
        return { values, next: undefined };
      }
      const [key, value] = Array.isArray(entry) ? entry : [];
      const text = String(key).startsWith(prefix) ? this.#textOf(value) : undefined;
      if (text === undefined) continue;
      this.#canList = true;
      values.push(text);
    }
    return { values, next: entries };
  }

  /** A listing that has failed has ended: it must not be gone on with, also where the failure passes. */
  async #nextOf(entries: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
    try {
      return await this.#failing(() => entries.next());
    } catch (error) {
      throw new Error('The Keyv adapter failed while it listed.', { cause: error });
    }
  }

  #list(): AsyncIterator<unknown> {
    const { iterator } = this.#adapter;
    if (typeof iterator !== 'function') throw this.#cannotList();
    // Without a namespace: our keys have a prefix of their own.
    const entries: AsyncIterable<unknown> = Reflect.apply(iterator, this.#adapter, []);
    return entries[Symbol.asyncIterator]();
  }

  #cannotList(): OptionInvalidError {
    return new OptionInvalidError(
      `The sessions of this store cannot be listed: its Keyv adapter, ${this.#name}, lists none. Either there are none, or it cannot list them.`,
    );
  }

  /** Adapters answer with the text they were given, or with an envelope of their own around it. */
  #textOf(value: unknown): string | undefined {
    const inner = hasMembers(value) && 'value' in value ? value.value : value;
    if (inner === undefined || inner === null) return undefined;
    if (typeof inner === 'string') return inner;
    throw new OptionInvalidError(
      `The Keyv adapter, ${this.#name}, changes what it is given: it answered with ${typeName(inner)} in place of text. Use another adapter; trying again will not help.`,
    );
  }

  async readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    const read = await send(() => this.get(key));
    const take = (one: string) => send((signal) => this.#take(one, signal), true);
    const taken = await allAnswers(keys.map(take));
    return { read, taken: taken.map((value) => (value === false ? undefined : value)) };
  }

  /** Removes a key, and answers what it held; false if there was nothing. */
  #take(key: string, signal: AbortSignal): Promise<string | false> {
    return this.#inTurn(key, signal, async (value) => {
      if (value === undefined) return false;
      await this.#failing(async () => this.#adapter.delete(key));
      return value;
    });
  }

  /**
   * Changes a key while its lock is held. An adapter that never answers keeps it locked no longer than an answer is
   * likely to come; a write that it carries out after that may still overwrite a later one.
   *
   * @param change Makes the change, going by what the key holds.
   * @throws NotSentError if the time of the call is up before `change` begins, which then never does: its caller was
   * told of a failure.
   */
  #inTurn<T>(
    key: string,
    signal: AbortSignal,
    change: (current: string | undefined) => Promise<T>,
  ): Promise<T> {
    let hasBegun = false;
    const tooLate = () => new NotSentError('The Keyv adapter did not answer in time.');
    const giveUp = () => (hasBegun ? undefined : tooLate());
    const assertInTime = () => {
      if (signal.aborted || remainingTime(signal) <= 0) throw tooLate();
    };
    const done = this.#turns.take([key], longestTurn(signal), async () => {
      assertInTime();
      const current = await unlessAborted(this.get(key), signal, giveUp);
      assertInTime();
      hasBegun = true;
      return change(current);
    });
    return unlessAborted(done, signal, giveUp);
  }

  async close(): Promise<void> {
    this.#callIfThere('off', 'error', this.#note);
  }

  #callIfThere(method: string, ...values: unknown[]): void {
    const member = this.#adapter[method];
    if (typeof member === 'function') Reflect.apply(member, this.#adapter, values);
  }

  /** Runs one operation; an error event that comes while it runs is a failure of it. */
  async #failing<T>(operation: () => Promise<T>): Promise<T> {
    const before = this.#errors;
    const result = await operation();
    if (this.#errors !== before) throw this.#lastError;
    return result;
  }
}
