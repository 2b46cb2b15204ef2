// PostgreSQL through `pg`: a pool of our own for each storage, or the app's.
import { isMadeByAnother, MadeTable, PostgresStore } from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import { codeOf } from '../safe-cause.js';
import type { StoreAccess } from '../store-access/index.js';
import type { PoolConnections } from '../store-access/pool-connections.js';
import {
  isPostgresPool,
  type PostgresClient,
  type PostgresPool,
  postgresConnections,
} from '../store-access/postgres-pool.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import type { ResolvedOpenOptions } from './open-options.js';

/** @param target A URL, or the app's own pool, which is not closed. */
export function openPostgres(
  target: string | PostgresPool,
  { table, schema }: ResolvedOpenOptions,
  access: StoreAccess,
): PostgresStore {
  const runner = new PostgresRunner(target, access);
  const quoted = `"${table}"`;
  const name = schema === undefined ? quoted : `"${schema}".${quoted}`;
  const create = `CREATE TABLE IF NOT EXISTS ${name} (key VARCHAR(255) PRIMARY KEY, value TEXT)`;
  const make = async (signal: AbortSignal) => {
    try {
      await runner.query(create, [], signal);
    } catch (error) {
      // There is no such schema: one that is there needs no right to make schemas.
      if (codeOf(error) !== '3F000' || schema === undefined) throw error;
      await runner
        .query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`, [], signal)
        .catch((failure: unknown) => {
          if (!isMadeByAnother(failure)) throw failure;
        });
      await runner.query(create, [], signal);
    }
  };
  const shown = schema === undefined ? table : `${schema}.${table}`;
  return new PostgresStore(runner, name, new MadeTable(`table ${shown} in the database`, make));
}

interface Opened {
  readonly pool: PostgresPool;
  readonly connections: PoolConnections<PostgresClient>;
}

class PostgresRunner implements SqlRunner {
  readonly #target: string | PostgresPool;
  readonly #access: StoreAccess;
  #opening: Promise<Opened> | undefined;

  constructor(target: string | PostgresPool, access: StoreAccess) {
    this.#target = target;
    this.#access = access;
  }

  async query(
    sql: string,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]> {
    this.#opening ??= this.#open();
    const { connections } = await this.#opening.catch((error: unknown) => {
      // A package that was missing may be installed by the next call.
      this.#opening = undefined;
      throw error;
    });
    const query = (client: PostgresClient) => client.query(sql, [...values]);
    const { rows } = await connections.use(query, signal);
    return rows.filter(hasMembers);
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = Promise.reject(new Error('The session store was disconnected.'));
    this.#opening.catch(() => {});
    if (typeof this.#target === 'string') await opened?.pool.end();
  }

  async #open(): Promise<Opened> {
    const pool =
      typeof this.#target === 'string' ? await this.#newPool(this.#target) : this.#target;
    return { pool, connections: postgresConnections(pool, this.#access) };
  }

  async #newPool(connectionString: string): Promise<PostgresPool> {
    const Pool = await functionFrom(drivers, 'pg', 'Pool');
    const pool: unknown = Reflect.construct(Pool, [
      {
        connectionString,
        connectionTimeoutMillis: this.#access.deadline,
        keepAlive: true,
        allowExitOnIdle: true,
      },
    ]);
    if (isPostgresPool(pool)) return pool;
    throw new OptionInvalidError(
      'The installed pg is not supported. Update it: npm install pg@latest',
    );
  }
}
