// The commands that session stores need of Redis, on every kind of client.
import { isError } from '../../foreign-object.js';
import type { CatalogWarning } from '../../session-catalog.js';
import { allAnswers, answersInTurn } from '../all-answers.js';
import { isRedisReply } from '../driver-errors.js';
import { isInOrder } from './redis-client.js';
import { listOf, textOf } from './redis-replies.js';
import type { RedisScript } from './redis-script.js';
import type { RedisSource } from './redis-source.js';

/** Keys of one step through all keys, and where the next begins; `undefined` after the last. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly next: { readonly node: number; readonly cursor: string } | undefined;
}

/** Keys in one command: large enough to save round trips, small enough not to stall Redis. */
const batchSize = 500;
/** How many keys SCAN looks at in one step; its default of 10 takes ten times as long. */
const scanCount = 1000;

export class RedisCommands {
  readonly #source: RedisSource;
  /** Users may be allowed to use EVAL and not EVALSHA. */
  #canEvalsha = true;

  constructor(source: RedisSource) {
    this.#source = source;
  }

  /** Whether a command or script can work on keys of one node only. */
  get isCluster(): boolean {
    return this.#source.kind === 'cluster';
  }

  /** Whether the client sends a command again by itself when its connection is lost. */
  get sendsAgain(): boolean {
    return this.#source.kind === 'sentinel';
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    return textOf(await this.#send(key, ['GET', key], signal));
  }

  /** The values of `keys`, in order; none is read before the first. */
  async getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    if (this.isCluster) return this.#eachAfterFirst(keys, (key) => this.get(key, signal));
    const read = async (batch: string[]) => {
      const reply = await this.#send(batch[0] ?? '', ['MGET', ...batch], signal);
      return listOf(reply).map(textOf);
    };
    return (await this.batched(keys, read)).flat();
  }

  /**
   * Runs a script on `keys`, which on a cluster must be of one node.
   *
   * @throws The error of the server, such as one of the script's own commands.
   */
  async run(
    script: RedisScript,
    keys: readonly string[],
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...values];
    const send = (args: string[]) => this.#send(keys[0] ?? '', args, signal);
    if (script.sha1 !== undefined && this.#canEvalsha) {
      try {
        return await send(['EVALSHA', script.sha1, ...rest]);
      } catch (error) {
        const [word] = isError(error) ? error.message.split(' ') : [];
        if (word !== 'NOSCRIPT' && word !== 'NOPERM') throw error;
        if (word === 'NOPERM') this.#canEvalsha = false;
      }
    }
    return send(['EVAL', script.source, ...rest]);
  }

  /** Runs `work` on batches of `items`: together where replies come in order, else the first one first. */
  async batched<T, R>(items: readonly T[], work: (batch: T[]) => Promise<R>): Promise<R[]> {
    const batches: T[][] = [];
    for (let start = 0; start < items.length; start += batchSize) {
      batches.push(items.slice(start, start + batchSize));
    }
    if (isInOrder(this.#source.kind)) return allAnswers(batches.map(work));
    return this.#eachAfterFirst(batches, work);
  }

  /** Keys that match a pattern, step by step; a step may find none, and a key may come twice. */
  async keys(pattern: string, from: KeyPage['next'], signal: AbortSignal): Promise<KeyPage> {
    const { node: at, cursor } = from ?? { node: 0, cursor: '0' };
    const nodes = await this.#source.masters();
    const node = nodes[at];
    if (node === undefined) {
      throw new Error(
        'A node of the Redis Cluster is missing, so that not all keys can be listed.',
      );
    }
    const args = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(scanCount)];
    const reply = await node.send({ key: '', args }, signal);
    const [next, found] = listOf(reply);
    const isNodeDone = String(next) === '0';
    return {
      keys: [...new Set(listOf(found).map(String))],
      next: isNodeDone
        ? at + 1 < nodes.length
          ? { node: at + 1, cursor: '0' }
          : undefined
        : { node: at, cursor: String(next) },
    };
  }

  /** How many keys all nodes hold. */
  async count(signal: AbortSignal): Promise<number> {
    const nodes = await this.#source.masters();
    const command = { key: '', args: ['DBSIZE'] };
    const counts = await Promise.all(nodes.map((node) => node.send(command, signal)));
    return counts.map(Number).reduce((sum, count) => sum + count, 0);
  }

  /** A policy by which a node removes keys when its memory is full; undefined if none does so, or says so. */
  async evictionPolicy(signal: AbortSignal): Promise<string | undefined> {
    const nodes = await this.#source.masters();
    const policies = await Promise.all(
      nodes.map(async (node) => {
        try {
          const info = textOf(await node.send({ key: '', args: ['INFO', 'memory'] }, signal)) ?? '';
          const isLimited = /^maxmemory:[1-9]/m.test(info);
          return isLimited ? /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1] : undefined;
        } catch (error) {
          // Not everybody may ask.
          if (isRedisReply(error)) return undefined;
          throw error;
        }
      }),
    );
    return policies.find((policy) => policy !== undefined && policy !== 'noeviction');
  }

  #send(key: string, args: string[], signal: AbortSignal): Promise<unknown> {
    return this.#source.send({ key, args }, signal);
  }

  async #eachAfterFirst<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const [first, ...others] = items;
    if (first === undefined) return [];
    return [await work(first), ...(await answersInTurn(others, batchSize, work))];
  }
}

/** A finding if keys are removed by such a policy. */
export function evictions(policy: string | undefined): CatalogWarning[] {
  if (policy === undefined) return [];
  const message = `Redis removes sessions when its memory is full (maxmemory-policy ${policy}). Set it to noeviction.`;
  return [{ code: 'SESSIONS_EVICTED', message }];
}

/** The pattern for keys that start with `prefix`. */
export function keysStartingWith(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
}
