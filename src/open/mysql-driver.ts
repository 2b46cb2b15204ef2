// MySQL and MariaDB through `mysql2`: a pool of our own for each storage, or the app's.
import { MadeTable } from '../atomic-store/index.js';
import { type MysqlQuery, type MysqlRunner, MysqlStore } from '../atomic-store/mysql-store.js';
import { hasMembers, hasMethods, memberOf } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import { codeOf } from '../safe-cause.js';
import { Connecting } from '../store-access/connecting.js';
import { NotSentError, type StoreAccess } from '../store-access/index.js';
import { Limiter } from '../store-access/limiter.js';
import type { ResolvedOpenOptions } from './open-options.js';

/** What is needed of a pool of `mysql2/promise`. */
export interface MysqlPool {
  getConnection(): Promise<MysqlConnection>;
  end(): Promise<void>;
}

interface MysqlConnection {
  execute(sql: string, values: unknown[]): Promise<[unknown, unknown]>;
  release(): void;
  destroy(): void;
}

const connections = 10;

/** Whether `value` is a pool of `mysql2`, with promises or with callbacks. */
export function isMysqlPool(value: unknown): value is MysqlPool {
  return hasMethods(value, 'getConnection', 'execute', 'end');
}

/** @param target A URL, or the app's own pool, which is not closed. */
export function openMysql(
  target: string | MysqlPool,
  { table }: ResolvedOpenOptions,
  access: StoreAccess,
): MysqlStore {
  const runner = new PoolRunner(target, access);
  const name = `\`${table}\``;
  // Keys that differ in case only are different keys; a shop's list may exceed the 64 KB of TEXT.
  const create = `CREATE TABLE IF NOT EXISTS ${name} (\`key\` VARCHAR(255) PRIMARY KEY, value MEDIUMTEXT) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
  const make = (signal: AbortSignal) => runner.use((query) => query(create, []), signal);
  return new MysqlStore(runner, name, new MadeTable(`table ${table} in the database`, make));
}

class PoolRunner implements MysqlRunner {
  readonly #target: string | MysqlPool;
  readonly #access: StoreAccess;
  readonly #connecting = new Connecting();
  #opening: Promise<{ readonly pool: MysqlPool; readonly limiter: Limiter }> | undefined;

  constructor(target: string | MysqlPool, access: StoreAccess) {
    this.#target = target;
    this.#access = access;
  }

  use<T>(work: (query: MysqlQuery) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#onConnection((connection) => work(queryOf(connection, signal)), signal);
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = Promise.reject(new Error('The session store was disconnected.'));
    this.#opening.catch(() => {});
    if (typeof this.#target === 'string') await opened?.pool.end();
  }

  async #onConnection<T>(
    work: (connection: MysqlConnection) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    this.#opening ??= this.#open();
    const { pool, limiter } = await this.#opening.catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return limiter.run(() => useConnection(pool, this.#connecting, work, signal), signal);
  }

  async #open() {
    const pool =
      typeof this.#target === 'string' ? await this.#newPool(this.#target) : this.#target;
    // A pool with callbacks has one with promises inside.
    const promised = hasMethods(pool, 'promise')
      ? ((pool as unknown as { promise(): MysqlPool }).promise() as MysqlPool)
      : pool;
    const config = memberOf(memberOf(promised, 'pool') ?? promised, 'config');
    const limit = Number(memberOf(config, 'connectionLimit'));
    const onWait = (milliseconds: number) =>
      this.#access.report({ type: 'wait', store: this.#access.name, milliseconds });
    return { pool: promised, limiter: new Limiter(limit > 0 ? limit : connections, onWait) };
  }

  async #newPool(uri: string): Promise<MysqlPool> {
    const createPool = await functionFrom(drivers, 'mysql2/promise', 'createPool');
    const pool: unknown = Reflect.apply(createPool, undefined, [
      {
        uri,
        connectTimeout: this.#access.deadline,
        connectionLimit: connections,
        charset: 'utf8mb4_bin',
        enableKeepAlive: true,
      },
    ]);
    return pool as MysqlPool;
  }
}

/** Runs `work` on a connection of the pool. One that does not answer in time is closed. */
async function useConnection<T>(
  pool: MysqlPool,
  connecting: Connecting,
  work: (connection: MysqlConnection) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const connection = await connecting.connect(() => pool.getConnection(), signal);
  if (signal.aborted) {
    connection.release();
    throw new NotSentError('No connection to the database was there in time.');
  }
  let isOpen = true;
  const leave = (destroy: boolean) => {
    if (!isOpen) return;
    isOpen = false;
    if (destroy) connection.destroy();
    else connection.release();
  };
  try {
    // A connection of mysql2 that is destroyed leaves its statements without an answer.
    const result = await untilAborted(work(connection), signal);
    leave(signal.aborted);
    return result;
  } catch (error) {
    if (signal.aborted) connecting.noteSilence();
    leave(signal.aborted || isOfConnection(error));
    throw error;
  }
}

/**
 * Whether the connection is of no more use: it is lost, leads to a server that takes no writes, or is
 * about to be closed, as after a packet that was too large (SQLSTATE class 08) or KILL (70100).
 */
function isOfConnection(error: unknown): boolean {
  const state = memberOf(error, 'sqlState');
  if (state === undefined || codeOf(error) === 'ER_OPTION_PREVENTS_STATEMENT') return true;
  return /^(08|70100)/.test(String(state));
}

/** What `work` answers, or an error once `signal` is aborted. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error('The database did not answer in time.'));
    signal.addEventListener('abort', giveUp, { once: true });
    const settled = () => signal.removeEventListener('abort', giveUp);
    work.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: unknown) => {
        settled();
        reject(error);
      },
    );
  });
}

function queryOf(connection: MysqlConnection, signal: AbortSignal): MysqlQuery {
  return async (sql, values) => {
    if (signal.aborted) throw new NotSentError('The time for the call was up.');
    const [result] = await connection.execute(sql, [...values]);
    const rows = Array.isArray(result) ? result.filter(hasMembers) : [];
    return { rows, affected: Number(memberOf(result, 'affectedRows') ?? 0) };
  };
}
