// The index per shop under every interleaving that chance finds: several storages share one SQLite
// database, and every statement waits a random while before and after it runs, so that what one
// does falls between any two steps of the others. Some storages die in the middle.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';
import { SqliteAdapter } from './sqlite-adapter.js';

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
  new KeyvSessionStorage(new Keyv({ store: new SlowAdapter(database, statements) }), {
    deadline: 60_000,
  });

/** What processes may do with one session at the same time. */
const operations = {
  store: (storage: KeyvSessionStorage<Session>, session: Session) => storage.storeSession(session),
  delete: (storage: KeyvSessionStorage<Session>, { id }: Session) => storage.deleteSession(id),
  find: (storage: KeyvSessionStorage<Session>, { shop }: Session) =>
    storage.findSessionsByShop(shop),
};
const scenarios: (keyof typeof operations)[][] = [
  ['store', 'store'],
  ['store', 'delete'],
  ['store', 'find'],
  ['store', 'delete', 'find'],
  ['store', 'store', 'delete'],
  ['store', 'store', 'delete', 'delete', 'find'],
];

/** One shop with one session, which is there at the start or not; processes that race and may die. */
async function race(database: SqliteAdapter, names: (keyof typeof operations)[], die: boolean) {
  const shop = `${crypto.randomUUID()}.myshopify.com`;
  const session = new Session({
    id: `offline_${shop}`,
    shop,
    state: 's',
    isOnline: false,
    accessToken: 'a token',
  });
  if (Math.random() < 0.5) await storageOver(database).storeSession(session);
  await Promise.all(
    names.map(async (name) => {
      const statements = die && Math.random() < 0.5 ? Math.ceil(Math.random() * 6) : undefined;
      const storage = storageOver(database, statements);
      await operations[name](storage, session).catch(() => {});
    }),
  );
  const survivor = storageOver(database);
  const loaded = await survivor.loadSession(session.id);
  const found = await survivor.findSessionsByShop(shop);
  await survivor.deleteSessions(found.map(({ id }) => id));
  const left = await database.query(
    "SELECT value FROM keyv WHERE instr(value, ?) > 0 AND instr(value, 'a token') > 0",
    shop,
  );
  return { exact: found.length === (loaded === undefined ? 0 : 1), left: left.length };
}

describe.each([
  ['nobody dies', false],
  ['half of them die in the middle', true],
])('%s', (_, die) => {
  test.each(scenarios.map((names) => [names.join(', '), names] as const))(
    'a session that can be loaded is found by its shop, and uninstalling leaves no token: %s',
    async (_, names) => {
      const database = new SqliteAdapter();
      const races = Array.from({ length: 300 }, () => race(database, [...names], die));
      const outcomes = await Promise.all(races);
      expect(outcomes.filter(({ exact }) => !exact)).toHaveLength(0);
      expect(outcomes.filter(({ left }) => left > 0)).toHaveLength(0);
      await database.disconnect();
    },
  );
});
