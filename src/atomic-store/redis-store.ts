// Compare-and-swap on Redis and Valkey: one server, a cluster or sentinels.
import type { CatalogWarning } from '../session-catalog.js';
import { answersInTurn, type Send } from '../store-access/index.js';
import {
  evictions,
  type KeyPage,
  keysStartingWith,
  listOf,
  RedisCommands,
  type RedisSource,
  textOf,
} from '../store-access/redis/index.js';
import {
  type AtomicStore,
  type Page,
  type ReadAndTaken,
  readAndTakeAsSeen,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';
import {
  compareAndSwapEachScript,
  compareAndSwapScript,
  readAndTakeScript,
} from './redis-scripts.js';

/** Commands for one key each, on a cluster: what is sent with one signal takes time by the square. */
const keysAtOnce = 500;

interface ClosableSource extends RedisSource {
  close(): Promise<void>;
}

export class RedisStore implements AtomicStore {
  readonly atomic = true;
  readonly keyPrefix: string;
  readonly #source: ClosableSource;
  readonly #redis: RedisCommands;

  constructor(source: ClosableSource, keyPrefix = '') {
    this.#source = source;
    this.keyPrefix = keyPrefix;
    this.#redis = new RedisCommands(source);
  }

  get(key: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#redis.get(key, signal);
  }

  getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    return this.#redis.getMany(keys, signal);
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    return (await this.#swap([swap], signal)) === 1;
  }

  async compareAndSwapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    const each = (batch: readonly Swap[]) => send((signal) => this.#swapEach(batch, signal), true);
    if (this.#redis.isCluster) {
      return (await answersInTurn(swaps, keysAtOnce, (swap) => each([swap]))).flat();
    }
    return (await this.#redis.batched(swaps, each)).flat();
  }

  async compareAndSwapInTurn(first: Swap, second: Swap, send: Send): Promise<SwapsMade> {
    // Keys that live on different nodes of a cluster cannot be in one script.
    if (this.#redis.isCluster) return swapInTurn(this, first, second, send);
    const made = await send((signal) => this.#swap([first, second], signal), true);
    return { first: made >= 1, second: made === 2 };
  }

  async readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    if (this.#redis.isCluster) {
      // Each key may live on another node.
      const read = await send((signal) => this.get(key, signal));
      const take = (one: string) => send((signal) => this.#readAndTake(one, [one], signal), true);
      return {
        read,
        taken: (await answersInTurn(keys, keysAtOnce, take)).flatMap(({ taken }) => taken),
      };
    }
    if (this.#redis.sendsAgain) return readAndTakeAsSeen(this, key, keys, send);
    const all = await this.#redis.batched(keys, (batch) =>
      send((signal) => this.#readAndTake(key, batch, signal), true),
    );
    // What is read first is read before anything is removed.
    return { read: all[0]?.read, taken: all.flatMap(({ taken }) => taken) };
  }

  async page(prefix: string, cursor: unknown, signal: AbortSignal): Promise<Page> {
    const from = cursor as KeyPage['next'];
    const { keys, next } = await this.#redis.keys(keysStartingWith(prefix), from, signal);
    const values = await this.#redis.getMany(keys, signal);
    // A key that went between SCAN and MGET has no value.
    return { values: values.filter((value) => value !== undefined), next };
  }

  /** From how many of the first keys start with the prefix. */
  async estimate(prefix: string, signal: AbortSignal): Promise<number> {
    const [all, sample, ours] = await Promise.all([
      this.#redis.count(signal),
      this.#redis.keys('*', undefined, signal),
      this.#redis.keys(keysStartingWith(prefix), undefined, signal),
    ]);
    const share = sample.keys.length === 0 ? 0 : Math.min(1, ours.keys.length / sample.keys.length);
    return Math.round(all * share);
  }

  async findings(signal: AbortSignal): Promise<CatalogWarning[]> {
    return evictions(await this.#redis.evictionPolicy(signal));
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #readAndTake(key: string, keys: readonly string[], signal: AbortSignal) {
    const reply = await this.#redis.run(readAndTakeScript, [key, ...keys], [], signal);
    const [read, ...taken] = listOf(reply).map(textOf);
    return { read, taken };
  }

  async #swapEach(swaps: readonly Swap[], signal: AbortSignal): Promise<boolean[]> {
    const keys = swaps.map(({ key }) => key);
    const values = swaps.flatMap(argumentsOf);
    const made = await this.#redis.run(compareAndSwapEachScript, keys, values, signal);
    return listOf(made).map((one) => Number(one) === 1);
  }

  /** Makes changes up to the first one that cannot be made. Answers how many it made. */
  async #swap(swaps: readonly Swap[], signal: AbortSignal): Promise<number> {
    const keys = swaps.map(({ key }) => key);
    const values = swaps.flatMap(argumentsOf);
    return Number(await this.#redis.run(compareAndSwapScript, keys, values, signal));
  }
}

function argumentsOf({ expected, next, expiresAt }: Swap): string[] {
  return [
    expected === undefined ? '0' : '1',
    expected ?? '',
    next === undefined ? 'unlink' : 'set',
    next ?? '',
    expiresAt === undefined ? '' : String(Math.max(1, expiresAt - Date.now())),
  ];
}
