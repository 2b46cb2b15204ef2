// The smallest session storage over a client of redis, which does nothing against faults: what happens to it
// happens to every app that uses the driver.
import { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';

/** What clients for one server, a cluster and sentinels have in common. */
export interface PlainRedis {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  sAdd(key: string, member: string): Promise<unknown>;
  sRem(key: string, member: string): Promise<unknown>;
  sMembers(key: string): Promise<string[]>;
}

/** Sessions as JSON under their ids, and the ids of each shop as a set. */
export class PlainRedisStorage implements SessionStorage {
  readonly #redis: PlainRedis;

  constructor(redis: PlainRedis) {
    this.#redis = redis;
  }

  async storeSession(session: Session): Promise<boolean> {
    await this.#redis.sAdd(shopKey(session.shop), session.id);
    await this.#redis.set(session.id, JSON.stringify(session.toPropertyArray(true)));
    return true;
  }

  async loadSession(id: string): Promise<Session | undefined> {
    const value = await this.#redis.get(id);
    return value === null ? undefined : Session.fromPropertyArray(JSON.parse(value), true);
  }

  async deleteSession(id: string): Promise<boolean> {
    const session = await this.loadSession(id);
    if (session === undefined) return true;
    await this.#redis.del(id);
    await this.#redis.sRem(shopKey(session.shop), id);
    return true;
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    await Promise.all(ids.map((id) => this.deleteSession(id)));
    return true;
  }

  async findSessionsByShop(shop: string): Promise<Session[]> {
    const ids = await this.#redis.sMembers(shopKey(shop));
    const sessions = await Promise.all(ids.map((id) => this.loadSession(id)));
    return sessions.filter((session) => session !== undefined);
  }
}

const shopKey = (shop: string) => `shop:${shop}`;
