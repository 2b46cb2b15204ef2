// Compare-and-swap on PostgreSQL, through the query method of `@keyv/postgres`.
import { hasMembers, hasMethods, type Members, sqlSettings } from '../keyv-like.js';
import type { AtomicStore, ReadAndTaken, Swap, SwapsMade } from './atomic-store.js';
import { guardPostgresPool } from './postgres-pool-guard.js';
import {
  pageQuery,
  type Query,
  type SqlDialect,
  swapQuery,
  valuesInOrder,
} from './sql-statements.js';

interface PostgresAdapter extends Members {
  query(sql: string, values: unknown[]): Promise<unknown>;
}

const dialect: SqlDialect = {
  parameter: (position) => `$${position}::text`,
  startsWith: (column, parameter) => `starts_with(${column}, ${parameter})`,
};

/** PostgreSQL's code for a table that does not exist. */
const undefinedTable = '42P01';

/** Rows read at once when all are read. */
const pageSize = 500;

/** Whether `adapter` is the PostgreSQL adapter of Keyv, of release 2 or of a later one. */
export function isPostgresAdapter(adapter: Members): adapter is PostgresAdapter {
  const { dialect, uri } = sqlSettings(adapter);
  const isPostgres = dialect === 'postgres' || /^postgres(ql)?:/.test(String(uri));
  return isPostgres && hasMethods(adapter, 'query');
}

export class PostgresStore implements AtomicStore {
  readonly atomic = true;
  readonly #adapter: PostgresAdapter;
  readonly #table: string;

  constructor(adapter: PostgresAdapter) {
    this.#adapter = adapter;
    const { schema, table } = sqlSettings(adapter);
    // Unquoted, as the adapter writes it when it creates the table: a capital letter means the same.
    this.#table = `${schema ?? 'public'}.${table ?? 'keyv'}`;
    // Early: until there is a session to load, a restart of the server would end the process too.
    void guardPostgresPool(adapter).catch(() => {});
  }

  async get(key: string): Promise<string | undefined> {
    const rows = await this.#query(`SELECT key, value FROM ${this.#table} WHERE key = $1`, [key]);
    return rows[0]?.value;
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    // One statement sees one moment of the table.
    const sql = `SELECT key, value FROM ${this.#table} WHERE key = ANY($1)`;
    return valuesInOrder(keys, await this.#query(sql, [keys]));
  }

  async compareAndSwap(swap: Swap): Promise<boolean> {
    const rows = await this.#query(...swapQuery(this.#table, dialect, swap));
    return rows.length > 0;
  }

  async compareAndSwapInTurn(first: Swap, second: Swap): Promise<SwapsMade> {
    const rows = await this.#query(...swapInTurnQuery(this.#table, first, second));
    const made = new Set(rows.map(({ key }) => key));
    return { first: made.has(first.key), second: made.has(second.key) };
  }

  async *valuesUnder(prefix: string): AsyncGenerator<string[], void> {
    for (let last: string | undefined = ''; last !== undefined; ) {
      const rows: { key: string; value: string }[] = await this.#query(
        ...pageQuery(this.#table, dialect, prefix, last, pageSize),
      );
      yield rows.map((row) => row.value);
      last = rows.at(-1)?.key;
    }
  }

  async readAndTake(key: string, keys: readonly string[]): Promise<ReadAndTaken> {
    // What is read is as it was when the statement began, which is before anything is removed.
    const sql = `WITH taken AS (DELETE FROM ${this.#table} WHERE key = ANY($2) RETURNING key, value)
      SELECT key, value FROM ${this.#table} WHERE key = $1 UNION ALL SELECT key, value FROM taken`;
    const rows = await this.#query(sql, [key, keys]);
    const [read, ...taken] = valuesInOrder([key, ...keys], rows);
    return { read, taken };
  }

  async #query(sql: string, values: readonly unknown[]): Promise<{ key: string; value: string }[]> {
    await guardPostgresPool(this.#adapter);
    try {
      return rowsOf(await this.#adapter.query(sql, [...values]));
    } catch (error) {
      if (!(hasMembers(error) && error.code === undefinedTable)) throw error;
      // The adapter creates its table once, when it is made; the server may have been down then.
      await this.#createTable();
      return rowsOf(await this.#adapter.query(sql, [...values]));
    }
  }

  async #createTable(): Promise<void> {
    const { keySize } = sqlSettings(this.#adapter);
    await this.#adapter.query(
      `CREATE TABLE IF NOT EXISTS ${this.#table} (key VARCHAR(${Number(keySize ?? 255)}) PRIMARY KEY, value TEXT)`,
      [],
    );
  }
}

/** One statement for two changes. The second depends on what the first one returns. */
function swapInTurnQuery(table: string, first: Swap, second: Swap): Query {
  const [firstSql, firstValues] = swapQuery(table, dialect, first);
  const parameter = (position: number) => dialect.parameter(firstValues.length + position);
  const isFirstMade = 'EXISTS (SELECT 1 FROM first)';
  const [secondSql, secondValues] = swapQuery(
    table,
    { ...dialect, parameter },
    second,
    isFirstMade,
  );
  return [
    `WITH first AS (${firstSql}), second AS (${secondSql})
     SELECT key FROM first UNION ALL SELECT key FROM second`,
    [...firstValues, ...secondValues],
  ];
}

function rowsOf(result: unknown): { key: string; value: string }[] {
  if (!Array.isArray(result)) throw new TypeError('PostgreSQL did not answer with rows.');
  return result;
}
