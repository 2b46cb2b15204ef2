// The catalog of @shopify/shopify-app-session-storage-redis. A session there is the JSON of its
// property array under one key, and the ids of a shop's sessions are a JSON list under another.
import { hasMembers } from '../../foreign-object.js';
import type { CatalogWarning, SessionCatalog, SessionChange } from '../../session-catalog.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { allAnswers, pagesAhead, StoreAccess, type StoreCall } from '../../store-access/index.js';
import {
  connectionLike,
  evictions,
  type KeyPage,
  keysStartingWith,
  listOf,
  RedisCommands,
} from '../../store-access/redis/index.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import { type CatalogOptions, catalogOptions } from '../catalog-options.js';
import { decodeSession, encodeSession, isDamaged, withChanges } from '../property-array.js';
import { assertSameId, assertSession, type StoredSession } from '../stored-session.js';
import { assertRedisClient, type RedisClient, type RedisClusterClient } from './redis-client.js';
import { compareAndRemove, compareAndSwap, compareAndSwapEach } from './redis-scripts.js';
import { ShopLists } from './shop-lists.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';
export type { RedisClient, RedisClusterClient } from './redis-client.js';

/** Where the storage keeps its sessions. */
export interface RedisCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionKeyPrefix?: string | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-redis` keeps, for
 * re-encrypting and copying them while the app serves. It compares and swaps whole values with a Lua
 * script, and keeps a time to live. Needs Redis 6 or later. JSON under the prefix that is not a
 * session, such as the lists of a shop's sessions, is passed over; what is not JSON, and a session that
 * lacks its id or its shop, is reported as `RecordUnreadableError` at the end of the enumeration.
 *
 * On a cluster whose slots are on the move, a session can be missed: wait until they are settled.
 *
 * @param client A client, or cluster client, of `redis` 4, 5 or 6. Its settings are used, for connections of the
 *   catalog's own, which close after a second without a call; it need not be connected. `disconnect` closes both.
 * @throws OptionInvalidError if `client` is none, or an option is unknown or invalid.
 *
 * @example
 * import { createClient } from 'redis';
 * import { redisCatalog } from 'shopify-app-session-storage-encrypted/redis';
 * export default redisCatalog(createClient({ url: 'redis://localhost' }));
 */
export function redisCatalog(
  client: RedisClient | RedisClusterClient,
  options: RedisCatalogOptions = {},
): SessionCatalog<StoredSession> {
  assertRedisClient(client);
  const { sessionKeyPrefix, deadline } = catalogOptions('redisCatalog', options, {
    sessionKeyPrefix: 'shopify_sessions',
  });
  passOverErrors(client);
  return new RedisSessionCatalog(client, `${sessionKeyPrefix}_`, deadline);
}

/** In milliseconds without a call: an app whose client goes on does not disconnect the catalogs that it makes over it. */
const closedAfter = 1_000;

/** A script keeps the server from everything else while it runs: for about a millisecond. */
const swapsAtOnce = 250;

class RedisSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic = true;
  readonly #client: RedisClient | RedisClusterClient;
  readonly #redis: RedisCommands;
  readonly #calls: StoreAccess;
  readonly #prefix: string;
  readonly #lists: ShopLists;
  readonly #connection: ReturnType<typeof connectionLike>;
  /** The value that each session was read from, which is what a swap compares. */
  readonly #values = new WeakMap<StoredSession, string>();

  constructor(client: RedisClient | RedisClusterClient, prefix: string, deadline: number) {
    this.#client = client;
    this.#prefix = prefix;
    this.#calls = new StoreAccess('the Redis database', deadline);
    const members = hasMembers(client) ? client : {};
    this.#connection = connectionLike(members, this.#calls, { isShared: true, closedAfter });
    this.#redis = new RedisCommands(this.#connection);
    this.#lists = new ShopLists(this.#redis, prefix);
  }

  async *sessions(): AsyncGenerator<StoredSession, void, undefined> {
    const unreadable = new UnreadableRecords();
    const read = (from: KeyPage['next']) => this.#page(from);
    for await (const { entries } of pagesAhead(read, ({ next }) => next)) {
      for (const [key, value] of entries) {
        const session = this.#decode(value);
        if (session === undefined && isDamaged(value)) unreadable.add();
        // The key of another app's session may start in the same way, and goes on differently.
        if (session !== undefined && key === this.#prefix + session.id) yield session;
      }
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const value = await this.#calls.run({ sessionId: id }, (signal) =>
      this.#redis.get(this.#prefix + id, signal),
    );
    if (value === undefined) return undefined;
    const session = this.#decode(value);
    if (session === undefined && isDamaged(value)) throw unreadableRecord(id);
    return session?.id === id ? session : undefined;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    if (current === undefined) assertSession(next);
    else assertSameId(current, next);
    const expected = current && (await this.#valueOf(current));
    if (current !== undefined && expected === undefined) return false;
    return this.#calls.call({ sessionId: next.id, writes: true }, async (call) => {
      if (current?.shop !== next.shop) await this.#lists.add(call, next);
      if (current === undefined || expected === undefined) {
        return this.#swap(call, next, [encodeSession(next)]);
      }
      return this.#swap(call, next, [expected, withChanges(expected, current, next)]);
    });
  }

  async replaceSessions(changes: readonly SessionChange<StoredSession>[]): Promise<boolean[]> {
    const one = ({ current, next }: SessionChange<StoredSession>) =>
      this.replaceSession(current, next);
    const isPlain = changes.every(
      ({ current, next }) => current.id === next.id && current.shop === next.shop,
    );
    // Keys on different nodes of a cluster cannot be in one script.
    if (this.#redis.isCluster || !isPlain) return allAnswers(changes.map(one));
    return this.#calls.call({ writes: true }, async (call) => {
      const done: boolean[] = [];
      for (let start = 0; start < changes.length; start += swapsAtOnce) {
        done.push(...(await this.#swapEach(call, changes.slice(start, start + swapsAtOnce))));
      }
      return done;
    });
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    assertSession(current);
    const expected = await this.#valueOf(current);
    if (expected === undefined) return false;
    const key = this.#prefix + current.id;
    return this.#calls.call({ sessionId: current.id, writes: true }, async (call) => {
      await this.#lists.assertReadable(call, current);
      const isRemoved = await call.send(
        async (signal) =>
          Number(await this.#redis.run(compareAndRemove, [key], [expected], signal)) === 1,
        true,
      );
      if (isRemoved) await this.#lists.remove(call, current);
      return isRemoved;
    });
  }

  estimateSessions(): Promise<number> {
    return this.#calls.run({}, async (signal) => {
      const [all, { keys }] = await Promise.all([
        this.#redis.count(signal),
        this.#redis.keys('*', undefined, signal),
      ]);
      const ours = keys.filter((key) => key.startsWith(this.#prefix));
      const values = await this.#redis.getMany(ours, signal);
      const sessions = values.filter((value) => value !== undefined && decodeSession(value));
      return keys.length === 0 ? 0 : Math.round(all * (sessions.length / keys.length));
    });
  }

  async warnings(): Promise<CatalogWarning[]> {
    const policy = await this.#calls.run({}, (signal) => this.#redis.evictionPolicy(signal));
    // The storage gives its keys no time to live, and the others spare what has none.
    return evictions(policy?.startsWith('allkeys-') === true ? policy : undefined);
  }

  async disconnect(): Promise<void> {
    await this.#calls.run({}, async () => {
      await this.#connection.close();
      if (this.#client.isOpen === false) return;
      // `quit` of redis 4 is `close` in 5.
      await (this.#client.close === undefined ? this.#client.quit?.() : this.#client.close());
    });
  }

  /** Some keys under the prefix with their values, and where to go on. */
  #page(from: KeyPage['next']) {
    return this.#calls.run({}, async (signal) => {
      const { keys, next } = await this.#redis.keys(keysStartingWith(this.#prefix), from, signal);
      const values = await this.#redis.getMany(keys, signal);
      const entries = keys.flatMap((key, at) => {
        const value = values[at];
        return value === undefined ? [] : [[key, value] as const];
      });
      return { entries, next };
    });
  }

  #decode(value: string): StoredSession | undefined {
    const session = decodeSession(value);
    if (session !== undefined) this.#values.set(session, value);
    return session;
  }

  /** The value that a session was read from, or would be now if it is a copy of such a session. */
  async #valueOf(current: StoredSession): Promise<string | undefined> {
    const known = this.#values.get(current);
    if (known !== undefined) return known;
    const stored = await this.loadSession(current.id);
    const isSame = stored !== undefined && encodeSession(stored) === encodeSession(current);
    return isSame ? this.#values.get(stored) : undefined;
  }

  #swap(call: StoreCall, next: StoredSession, values: string[]): Promise<boolean> {
    const key = this.#prefix + next.id;
    return call.send(
      async (signal) => Number(await this.#redis.run(compareAndSwap, [key], values, signal)) === 1,
      true,
    );
  }

  async #swapEach(
    call: StoreCall,
    changes: readonly SessionChange<StoredSession>[],
  ): Promise<boolean[]> {
    const [keys, values, places]: [string[], string[], number[]] = [[], [], []];
    const done = changes.map(() => false);
    for (const [place, { current, next }] of changes.entries()) {
      const expected = await this.#valueOf(current);
      if (expected === undefined) continue;
      places.push(place);
      keys.push(this.#prefix + next.id);
      values.push(expected, withChanges(expected, current, next));
    }
    if (keys.length === 0) return done;
    const replies = await call.send(
      async (signal) =>
        listOf(await this.#redis.run(compareAndSwapEach, keys, values, signal)).map(Number),
      true,
    );
    for (const [at, place] of places.entries()) done[place] = replies[at] === 1;
    return done;
  }
}
