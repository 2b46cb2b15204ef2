// The index per shop under every interleaving that chance finds: several storages share one SQLite
// database, and every statement waits a random while before and after it runs, so that what one
// does falls between any two steps of the others. Some storages die in the middle.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';
import { SqliteAdapter } from '../../src/open/sqlite-adapter.js';

const shop = 'busy.myshopify.com';
const ids = ['a', 'b', 'c', 'd'].map((user) => `${shop}_${user}`);
const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 3));

/** One process's way to the shared database; after `statements` of them it is dead. */
class SlowAdapter {
  readonly opts = { dialect: 'sqlite', table: 'keyv' };
  namespace: string | undefined;
  readonly #database: SqliteAdapter;
  #statements: number;

  constructor(database: SqliteAdapter, statements: number) {
    this.#database = database;
    this.#statements = statements;
  }

  async query(sql: string, ...values: string[]): Promise<unknown[]> {
    await pause();
    if (this.#statements-- <= 0) throw new Error('The process has died.');
    const rows = await this.#database.query(sql, ...values);
    await pause();
    return rows;
  }

  get = async () => undefined;
  set = async () => {};
  delete = async () => false;
  clear = async () => {};
  disconnect = async () => {};
  on = () => this;
}

const storageOver = (database: SqliteAdapter, statements = Number.POSITIVE_INFINITY) =>
  new KeyvSessionStorage(new Keyv({ store: new SlowAdapter(database, statements) }));
const session = (id: string) =>
  new Session({ id, shop, state: 's', isOnline: false, accessToken: crypto.randomUUID() });

/** One process's random walk: stores, deletes, finds, until it is through or dead. */
async function walk(storage: KeyvSessionStorage<Session>, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const id = ids[Math.floor(Math.random() * ids.length)] ?? '';
    const choice = Math.random();
    try {
      if (choice < 0.5) await storage.storeSession(session(id));
      else if (choice < 0.8) await storage.deleteSession(id);
      else await storage.findSessionsByShop(shop);
    } catch {
      return;
    }
  }
}

describe.each(Array.from({ length: 12 }, (_, round) => round))('round %i', (round) => {
  test('every session that can be loaded is found by its shop, whoever died when', async () => {
    const database = new SqliteAdapter(':memory:');
    const walks = Array.from({ length: 6 }, (_, process) =>
      walk(storageOver(database, process < 3 ? 5 + 7 * (round + process) : undefined), 25),
    );
    await Promise.all(walks);

    const survivor = storageOver(database);
    const loaded = await Promise.all(ids.map((id) => survivor.loadSession(id)));
    const found = await survivor.findSessionsByShop(shop);
    expect(found.map(({ id }) => id).sort()).toEqual(
      loaded.flatMap((each) => (each === undefined ? [] : [each.id])).sort(),
    );

    // Uninstalling leaves no session and no token behind, of the dead either.
    await survivor.deleteSessions(found.map(({ id }) => id));
    const rows = (await database.query('SELECT value FROM keyv')) as { value: string }[];
    expect(rows.filter(({ value }) => value.includes('accessToken'))).toEqual([]);
    expect(await survivor.findSessionsByShop(shop)).toEqual([]);
    await database.disconnect();
  });
});
