// PostgreSQL through `pg`: a pool of our own for each storage, or the app's.
import { isMadeByAnother, MadeTable, PostgresStore } from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import { codeOf } from '../safe-cause.js';
import type { StoreAccess } from '../store-access/index.js';
import {
  isPostgresPool,
  listenToPool,
  type PostgresPool,
  postgresConnections,
} from '../store-access/postgres-pool.js';
import type { SqlRunner } from '../store-access/sql-runner.js';
import { LazyConnections } from './lazy-connections.js';
import type { ResolvedOpenOptions } from './open-options.js';

/** @param target A URL, or the app's own pool, which is not closed. */
export function openPostgres(
  target: string | PostgresPool,
  { table, schema }: ResolvedOpenOptions,
  access: StoreAccess,
): PostgresStore {
  const lazy = new LazyConnections(async () => {
    const isOurs = typeof target === 'string';
    const pool = isOurs ? await newPool(target, access) : target;
    const stopListening = listenToPool(pool, access);
    const end = async () => (isOurs ? pool.end() : stopListening());
    return { connections: postgresConnections(pool, access), end };
  });
  const runner: SqlRunner = {
    async query(...statement) {
      const { rows } = await lazy.run(...statement);
      return rows.filter(hasMembers);
    },
    close: () => lazy.close(),
  };
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

async function newPool(connectionString: string, { deadline }: StoreAccess): Promise<PostgresPool> {
  const Pool = await functionFrom(drivers, 'pg', 'Pool');
  const pool: unknown = Reflect.construct(Pool, [
    {
      connectionString,
      connectionTimeoutMillis: deadline,
      keepAlive: true,
      allowExitOnIdle: true,
    },
  ]);
  if (isPostgresPool(pool)) return pool;
  throw new OptionInvalidError(
    'The installed pg is not supported. Update it: npm install pg@latest',
  );
}
