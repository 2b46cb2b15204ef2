// The catalog of @shopify/shopify-app-session-storage-kv. A session there is the JSON of its property
// array under its id, and the ids of a shop's sessions are a JSON list under `shop:` and the shop.
import type { SessionCatalog } from '../../session-catalog.js';
import { longestTurn, StoreAccess, type StoreCall } from '../../store-access/index.js';
import { Turns } from '../../turns.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import { assertMethods, type CatalogOptions, catalogOptions } from '../catalog-options.js';
import { decodeSession, encodeSession, withChanges } from '../property-array.js';
import { readShopList, withListed, withoutListed } from '../shop-list.js';
import { assertSameId, assertSession, type StoredSession } from '../stored-session.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** What is needed of a KV namespace: a binding in a Worker, or what stands for one elsewhere. */
export interface KvNamespace {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  list(options?: { cursor?: string }): Promise<{
    readonly keys: readonly { readonly name: string }[];
    readonly list_complete: boolean;
    readonly cursor?: string;
  }>;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-kv` keeps. KV cannot compare
 * and swap, and a read may be a minute old: of two writers in that time the later one wins, as with
 * the storage itself. The catalog says so (`atomic: false`). Expiring tokens need no `rotate`: each
 * is sealed with the primary key when it is refreshed, within the hour.
 *
 * A value that starts like a session and is not the session of its key is reported as
 * `RecordUnreadableError` at the end of the enumeration; whatever else the namespace holds is passed
 * over.
 *
 * @param namespace A KV namespace, such as `env.SESSIONS` in a Worker.
 * @throws {OptionInvalidError} `namespace` is not one, or an option does not exist or is invalid.
 *
 * @example
 * import { kvCatalog } from 'shopify-app-session-storage-encrypted/kv';
 * // Stop everything else that writes sessions first.
 * const report = await reencryptSessions(kvCatalog(env.SESSIONS), { keyring, allowNonAtomic: true });
 */
export function kvCatalog(
  namespace: KvNamespace,
  options: CatalogOptions = {},
): SessionCatalog<StoredSession> {
  assertMethods(
    namespace,
    ['get', 'put', 'delete', 'list'],
    'kvCatalog needs a KV namespace of Cloudflare.',
  );
  const { deadline } = catalogOptions('kvCatalog', options, {});
  return new KvSessionCatalog(namespace, deadline);
}

/** Whether a value starts as every session does. The namespace may hold other things too. */
const isLikeSession = (value: string | undefined) => value?.startsWith('[["') === true;

/** A Worker may have six requests under way at once. */
const readAtOnce = 6;

class KvSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic = false;
  readonly #namespace: KvNamespace;
  readonly #access: StoreAccess;
  /** The value that each session was read from, which is what a swap compares. */
  readonly #values = new WeakMap<StoredSession, string>();
  /** Between the calls of this process, at least, nothing is lost. */
  readonly #turns = new Turns();

  constructor(namespace: KvNamespace, deadline: number) {
    this.#namespace = namespace;
    this.#access = new StoreAccess('the KV namespace', deadline);
  }

  async *sessions(): AsyncGenerator<StoredSession, void, undefined> {
    const unreadable = new UnreadableRecords();
    for await (const names of this.#pages()) {
      for (let start = 0; start < names.length; start += readAtOnce) {
        const some = names.slice(start, start + readAtOnce);
        const values = await Promise.all(some.map((name) => this.#value(name)));
        for (const [index, name] of some.entries()) {
          const value = values[index];
          const session = this.#read(name, value);
          if (session !== undefined) yield session;
          else if (isLikeSession(value)) unreadable.add();
        }
      }
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const value = await this.#value(id, id);
    const session = this.#read(id, value);
    if (session === undefined && isLikeSession(value)) throw unreadableRecord(id);
    return session;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    assertSession(next);
    const { id, shop } = next;
    return await this.#access.call({ sessionId: id, writes: true }, async (call) => {
      if (current === undefined) {
        await this.#changeList(call, next, withListed);
        return this.#swap(call, id, null, encodeSession(next));
      }
      assertSameId(current, next);
      const expected = this.#values.get(current) ?? (await this.#valueOf(call, current));
      if (expected === undefined) return false;
      if (current.shop !== shop) await this.#changeList(call, next, withListed);
      return this.#swap(call, id, expected, withChanges(expected, current, next));
    });
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    assertSession(current);
    const { id } = current;
    return await this.#access.call({ sessionId: id, writes: true }, async (call) => {
      const expected = this.#values.get(current) ?? (await this.#valueOf(call, current));
      if (expected === undefined) return false;
      const listKey = shopKey(current);
      readShopList(await call.send(() => this.#namespace.get(listKey)), listKey, id);
      if (!(await this.#swap(call, id, expected, null))) return false;
      await this.#changeList(call, current, withoutListed);
      return true;
    });
  }

  async *#pages(): AsyncGenerator<string[], void, undefined> {
    let cursor: string | undefined;
    do {
      const at = cursor === undefined ? {} : { cursor };
      const page = await this.#access.run({}, () => this.#namespace.list(at));
      yield page.keys.map(({ name }) => name);
      cursor = page.list_complete ? undefined : page.cursor;
    } while (cursor !== undefined);
  }

  async #value(key: string, sessionId?: string): Promise<string | undefined> {
    return (await this.#access.run({ sessionId }, () => this.#namespace.get(key))) ?? undefined;
  }

  #read(key: string, value: string | undefined): StoredSession | undefined {
    const session = value === undefined ? undefined : decodeSession(value);
    if (value === undefined || session?.id !== key) return undefined;
    this.#values.set(session, value);
    return session;
  }

  /** The value that a session stands for which is a copy of one that was handed out. */
  async #valueOf(call: StoreCall, current: StoredSession): Promise<string | undefined> {
    const value = (await call.send(() => this.#namespace.get(current.id))) ?? undefined;
    const stored = this.#read(current.id, value);
    const isSame = stored !== undefined && encodeSession(stored) === encodeSession(current);
    return isSame ? value : undefined;
  }

  /** @param expected `null`: nothing is stored under the key. @param next `null`: removes the key. */
  #swap(
    call: StoreCall,
    key: string,
    expected: string | null,
    next: string | null,
  ): Promise<boolean> {
    return this.#turns.take([key], longestTurn(call.signal), async () => {
      if ((await call.send(() => this.#namespace.get(key))) !== expected) return false;
      if (next === null) await call.send(() => this.#namespace.delete(key), true);
      else if (next !== expected) await call.send(() => this.#namespace.put(key, next), true);
      return true;
    });
  }

  /** Puts a session into its shop's list, or takes it off. */
  #changeList(call: StoreCall, session: StoredSession, change: typeof withListed): Promise<void> {
    const key = shopKey(session);
    return this.#turns.take([key], longestTurn(call.signal), async () => {
      const list = await call.send(() => this.#namespace.get(key));
      const ids = readShopList(list, key, session.id);
      const changed = change(ids, session.id);
      if (changed === ids) return;
      await call.send(() => this.#namespace.put(key, JSON.stringify(changed)), true);
    });
  }
}

/** The key of the list of a session's shop. */
function shopKey({ shop }: StoredSession): string {
  return `shop:${shop}`;
}
