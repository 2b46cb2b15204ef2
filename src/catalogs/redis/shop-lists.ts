// The list of each shop's sessions, as the official storage keeps it: JSON under a key of its own.
import type { StoreAccess } from '../../store-access/index.js';
import type { RedisCommands } from '../../store-access/redis/index.js';
import { readShopList } from '../shop-list.js';
import type { StoredSession } from '../stored-session.js';
import { compareAndSwap } from './redis-scripts.js';

export class ShopLists {
  readonly #redis: RedisCommands;
  readonly #calls: StoreAccess;
  readonly #prefix: string;

  constructor(redis: RedisCommands, calls: StoreAccess, prefix: string) {
    this.#redis = redis;
    this.#calls = calls;
    this.#prefix = prefix;
  }

  /** @throws {RecordUnreadableError} The list of the session's shop is damaged. */
  async assertReadable({ id, shop }: StoredSession): Promise<void> {
    const key = this.#prefix + shop;
    const list = await this.#calls.run({ sessionId: id }, (signal) => this.#redis.get(key, signal));
    readShopList(list, key, id);
  }

  /** Puts a session into its shop's list. One that is there before its session is passed over. */
  add({ id, shop }: StoredSession): Promise<void> {
    return this.#change(id, shop, (keys, key) => (keys.includes(key) ? keys : [...keys, key]));
  }

  /** Takes a session that is gone off its shop's list. */
  remove({ id, shop }: StoredSession): Promise<void> {
    return this.#change(id, shop, (keys, key) =>
      keys.includes(key) ? keys.filter((listed) => listed !== key) : keys,
    );
  }

  async #change(
    id: string,
    shop: string,
    change: (keys: readonly unknown[], key: string) => readonly unknown[],
  ): Promise<void> {
    const [listKey, sessionKey] = [this.#prefix + shop, this.#prefix + id];
    await this.#calls.call({ operation: 'replaceSession', sessionId: id }, async (call) => {
      for (let attempt = 1; ; attempt++) {
        const list = await call.send((signal) => this.#redis.get(listKey, signal));
        const keys = readShopList(list, listKey, id);
        const changed = change(keys, sessionKey);
        if (changed === keys) return;
        const values = [JSON.stringify(changed)];
        if (list !== undefined) values.unshift(list);
        const reply = await call.send((signal) =>
          this.#redis.run(compareAndSwap, [listKey], values, signal),
        );
        if (Number(reply) === 1) return;
        await call.conflict(attempt);
      }
    });
  }
}
