// The list of each shop's sessions, as the official storage keeps it: JSON under a key of its own.
import type { StoreCall } from '../../store-access/index.js';
import type { RedisCommands } from '../../store-access/redis/index.js';
import { readShopList, withListed, withoutListed } from '../shop-list.js';
import type { StoredSession } from '../stored-session.js';
import { compareAndSwap } from './redis-scripts.js';

export class ShopLists {
  readonly #redis: RedisCommands;
  readonly #prefix: string;

  constructor(redis: RedisCommands, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** @throws {RecordUnreadableError} The list of the session's shop is damaged. */
  async assertReadable(call: StoreCall, { id, shop }: StoredSession): Promise<void> {
    const key = this.#prefix + shop;
    const list = await call.send((signal) => this.#redis.get(key, signal));
    readShopList(list, key, id);
  }

  /** Puts a session into its shop's list. */
  add(call: StoreCall, { id, shop }: StoredSession): Promise<void> {
    return this.#change(call, id, shop, withListed);
  }

  /** Takes a session that is gone off its shop's list. */
  remove(call: StoreCall, { id, shop }: StoredSession): Promise<void> {
    return this.#change(call, id, shop, withoutListed);
  }

  async #change(
    call: StoreCall,
    id: string,
    shop: string,
    change: typeof withListed,
  ): Promise<void> {
    const [listKey, sessionKey] = [this.#prefix + shop, this.#prefix + id];
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
  }
}
