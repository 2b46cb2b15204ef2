// PostgreSQL through `pg`: a pool of our own for each storage, or the app's.
import { isMadeByAnother, MadeTable, PostgresStore } from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers, hasMethods, memberOf } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import { codeOf } from '../safe-cause.js';
import { Connecting } from '../store-access/connecting.js';
import { NotSentError, type StoreAccess } from '../store-access/index.js';
import { Limiter } from '../store-access/limiter.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import type { ResolvedOpenOptions } from './open-options.js';

/** What is needed of a `Pool` of `pg`. */
export interface PostgresPool {
  readonly totalCount: number;
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface PostgresClient {
  query(sql: string, values: unknown[]): Promise<{ readonly rows: unknown[] }>;
  /** @param destroy Whether to close the connection. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** How many connections a pool of `pg` has unless it is told. */
const defaultConnections = 10;

/** Whether `value` is a pool of `pg`. */
export function isPostgresPool(value: unknown): value is PostgresPool {
  return hasMethods(value, 'connect', 'query', 'end') && typeof value.totalCount === 'number';
}

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

class PostgresRunner implements SqlRunner {
  readonly #target: string | PostgresPool;
  readonly #access: StoreAccess;
  readonly #connecting = new Connecting();
  #opening: Promise<{ readonly pool: PostgresPool; readonly limiter: Limiter }> | undefined;

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
    const { pool, limiter } = await this.#opening.catch((error: unknown) => {
      // A package that was missing may be installed by the next call.
      this.#opening = undefined;
      throw error;
    });
    return limiter.run(() => queryOn(pool, this.#connecting, sql, values, signal), signal);
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = Promise.reject(new Error('The session store was disconnected.'));
    this.#opening.catch(() => {});
    if (typeof this.#target === 'string') await opened?.pool.end();
  }

  async #open() {
    const pool =
      typeof this.#target === 'string' ? await this.#newPool(this.#target) : this.#target;
    // Without a listener, a server that restarts while connections are idle would end the process.
    pool.on('error', (error) => this.#access.noteEvent(error));
    const limit = Number(memberOf(memberOf(pool, 'options'), 'max'));
    const onWait = (milliseconds: number) =>
      this.#access.report({ type: 'wait', store: this.#access.name, milliseconds });
    // What waits in the pool is sent whenever a connection is free, so nothing waits there.
    return { pool, limiter: new Limiter(limit > 0 ? limit : defaultConnections, onWait) };
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

/** Runs a statement on a connection of the pool. One that does not answer in time is closed. */
async function queryOn(
  pool: PostgresPool,
  connecting: Connecting,
  sql: string,
  values: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly SqlRow[]> {
  const client = await connecting.connect(() => pool.connect(), signal);
  if (signal.aborted) {
    client.release();
    throw new NotSentError('No connection to the database was there in time.');
  }
  let isBroken = false;
  const onError = () => {
    isBroken = true;
  };
  client.on('error', onError);
  let release: (destroy: boolean) => void = (destroy) => {
    release = () => {};
    client.off('error', onError);
    client.release(destroy || isBroken);
  };
  const giveUp = () => {
    connecting.noteSilence();
    release(true);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const { rows } = await client.query(sql, [...values]);
    release(false);
    return rows.filter(hasMembers);
  } catch (error) {
    release(isOfConnection(error));
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Whether the connection is of no more use: it is lost, or leads to a server that takes no writes. */
function isOfConnection(error: unknown): boolean {
  const isAnswer = memberOf(error, 'severity') !== undefined;
  return !isAnswer || /^(25006|57P|08)/.test(codeOf(error) ?? '');
}
