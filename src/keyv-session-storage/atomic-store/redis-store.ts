// Compare-and-swap on Redis, Redis Cluster and Redis Sentinel, through the client of `@keyv/redis`.
// The adapter's own get and set hide failures; its client does not.
import { hasMembers, hasMethods, type Members } from '../keyv-like.js';
import {
  type AtomicStore,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';
import { compareAndSwapScript, type RedisScript, readAndTakeScript } from './redis-scripts.js';

/** Keys in one MGET or script: large enough to save round trips, small enough not to stall Redis. */
const batchSize = 500;

/** How many keys SCAN looks at in one step; its default of 10 takes ten times as long. */
const scanCount = 1000;

interface RedisAdapter extends Members {
  getClient(): Promise<Members>;
}

/** Whether `adapter` is the Redis adapter of Keyv: by what it can do, as its class may be any copy. */
export function isRedisAdapter(adapter: Members): adapter is RedisAdapter {
  return hasMethods(adapter, 'getClient', 'isCluster');
}

export class RedisStore implements AtomicStore {
  readonly atomic = true;
  readonly #adapter: RedisAdapter;
  #connecting: Promise<Members> | undefined;

  constructor(adapter: RedisAdapter) {
    this.#adapter = adapter;
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    return textOf(await this.#send(key, true, ['GET', key], signal));
  }

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    if (this.#isCluster()) {
      // Each key may live on another node: the first one is awaited, the others follow together.
      const [first, ...others] = keys;
      if (first === undefined) return [];
      return [
        await this.get(first, signal),
        ...(await Promise.all(others.map((key) => this.get(key, signal)))),
      ];
    }
    // One connection answers in order, so later batches are read later.
    const replies = await Promise.all(
      batches(keys).map((batch) => this.#send(undefined, true, ['MGET', ...batch], signal)),
    );
    return replies.flatMap(listOf).map(textOf);
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    return (await this.#swap([swap], signal)) === 1;
  }

  async compareAndSwapInTurn(first: Swap, second: Swap, signal: AbortSignal): Promise<SwapsMade> {
    // Keys that live on different nodes of a cluster cannot be in one script.
    if (this.#isCluster()) return swapInTurn(this, first, second, signal);
    const made = await this.#swap([first, second], signal);
    return { first: made >= 1, second: made === 2 };
  }

  async *valuesUnder(prefix: string): AsyncGenerator<string[], void> {
    const never = new AbortController().signal;
    const pattern = `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
    for (const node of await this.#nodes()) {
      let cursor = '0';
      do {
        const command = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(scanCount)];
        const reply = this.#isCluster()
          ? await call(node, 'sendCommand', command, { typeMapping: {} })
          : await this.#send(undefined, true, command, never);
        const [next, keys] = listOf(reply);
        cursor = String(next);
        const values = await this.getMany(listOf(keys).map(String), never);
        // A key that went between SCAN and MGET has no value.
        yield values.filter((value) => value !== undefined);
      } while (cursor !== '0');
    }
  }

  async readAndTake(
    key: string,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadAndTaken> {
    if (this.#isCluster()) {
      // Each key may live on another node.
      const read = await this.get(key, signal);
      const taken = await Promise.all(keys.map((each) => this.#readAndTake(each, [each], signal)));
      return { read, taken: taken.flatMap((one) => one.taken) };
    }
    // One connection answers in order, so what is read first is read before anything is removed.
    const all = await Promise.all(
      batches(keys).map((batch) => this.#readAndTake(key, batch, signal)),
    );
    return { read: all[0]?.read, taken: all.flatMap(({ taken }) => taken) };
  }

  async #readAndTake(key: string, keys: readonly string[], signal: AbortSignal) {
    const reply = await this.#run(readAndTakeScript, [key, ...keys], signal);
    const [read, ...taken] = listOf(reply).map(textOf);
    return { read, taken };
  }

  /** Makes changes up to the first one that cannot be made. Answers how many it made. */
  async #swap(swaps: readonly Swap[], signal: AbortSignal): Promise<number> {
    const keys: string[] = [];
    const values: string[] = [];
    for (const { key, expected, next, expiresAt } of swaps) {
      keys.push(key);
      values.push(
        expected === undefined ? '0' : '1',
        expected ?? '',
        next === undefined ? 'unlink' : 'set',
        next ?? '',
        expiresAt === undefined ? '' : String(Math.max(1, expiresAt - Date.now())),
      );
    }
    return Number(await this.#run(compareAndSwapScript, keys, signal, values));
  }

  async #run(script: RedisScript, keys: string[], signal: AbortSignal, values: string[] = []) {
    const rest = [String(keys.length), ...keys, ...values];
    try {
      const { sha1 } = script;
      if (sha1 !== undefined) {
        return await this.#send(keys[0], false, ['EVALSHA', sha1, ...rest], signal);
      }
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    }
    return this.#send(keys[0], false, ['EVAL', script.source, ...rest], signal);
  }

  /** Sends one command. When `signal` aborts, a command that is still queued is never sent. */
  #send(key: string | undefined, readOnly: boolean, command: string[], signal: AbortSignal) {
    const client = this.#readyClient();
    const send = (to: Members) => this.#sendTo(to, key, readOnly, command, signal);
    return client === undefined ? this.#connect().then(send) : send(client);
  }

  #sendTo(
    client: Members,
    key: string | undefined,
    readOnly: boolean,
    command: string[],
    signal: AbortSignal,
  ): unknown {
    signal.throwIfAborted();
    // Whatever type mapping the app's client has: replies are wanted as they come.
    const options = { abortSignal: signal, typeMapping: {} };
    if (this.#isCluster()) return call(client, 'sendCommand', key, readOnly, command, options);
    // A sentinel client wants to know whether a replica will do; it will not: it may lag behind.
    if (this.#isSentinel()) return call(client, 'sendCommand', false, command, options);
    return call(client, 'sendCommand', command, options);
  }

  /** The client, unless it has to be waited for. */
  #readyClient(): Members | undefined {
    const client = this.#adapter.client;
    const isReady = hasMembers(client) && (client.isReady ?? client.isOpen) === true;
    return isReady && this.#connecting === undefined ? client : undefined;
  }

  /**
   * The connected client. While it connects for the first time every caller waits for the one
   * attempt: with its offline queue disabled the client refuses commands until it is ready, and a
   * cluster is open before it knows its nodes.
   */
  #connect(): Promise<Members> {
    this.#connecting ??= this.#adapter.getClient().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** The nodes that hold the keys: those of a cluster, or the one there is. */
  async #nodes(): Promise<Members[]> {
    const client = this.#readyClient() ?? (await this.#connect());
    const nodes = this.#isCluster() ? await call(this.#adapter, 'getMasterNodes') : [client];
    return listOf(nodes).filter(hasMembers);
  }

  #isCluster(): boolean {
    return call(this.#adapter, 'isCluster') === true;
  }

  #isSentinel(): boolean {
    return hasMethods(this.#adapter, 'isSentinel') && call(this.#adapter, 'isSentinel') === true;
  }
}

function call(target: Members, method: string, ...values: unknown[]): unknown {
  const member = target[method];
  if (typeof member !== 'function') throw new TypeError(`The Redis client has no ${method}.`);
  return Reflect.apply(member, target, values);
}

function batches(keys: readonly string[]): string[][] {
  const result: string[][] = [];
  for (let start = 0; start < keys.length; start += batchSize) {
    result.push(keys.slice(start, start + batchSize));
  }
  return result;
}

function listOf(reply: unknown): unknown[] {
  if (!Array.isArray(reply)) throw new TypeError('Redis did not answer with a list.');
  return reply;
}

/** A reply as text. A client may be set up to answer with Buffers, whose `toString` is UTF-8. */
function textOf(reply: unknown): string | undefined {
  return reply === null || reply === undefined ? undefined : String(reply);
}
