// MySQL and MariaDB through `mysql2`: a pool of our own for each storage, or the app's.
import { MadeTable } from '../atomic-store/index.js';
import { type MysqlQuery, type MysqlRunner, MysqlStore } from '../atomic-store/mysql-store.js';
import { hasMembers, hasMethods, memberOf } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import { NotSentError, type StoreAccess } from '../store-access/index.js';
import {
  type MysqlConnection,
  type MysqlPool,
  mysqlConnections,
} from '../store-access/mysql-pool.js';
import type { PoolConnections } from '../store-access/pool-connections.js';
import type { ResolvedOpenOptions } from './open-options.js';

/** How many connections a pool of our own has. */
const connectionLimit = 10;

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

interface Opened {
  readonly pool: MysqlPool;
  readonly connections: PoolConnections<MysqlConnection>;
}

class PoolRunner implements MysqlRunner {
  readonly #target: string | MysqlPool;
  readonly #access: StoreAccess;
  #opening: Promise<Opened> | undefined;

  constructor(target: string | MysqlPool, access: StoreAccess) {
    this.#target = target;
    this.#access = access;
  }

  async use<T>(work: (query: MysqlQuery) => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#opening ??= this.#open();
    const { connections } = await this.#opening.catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return connections.use((connection) => work(queryOf(connection, signal)), signal);
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = Promise.reject(new Error('The session store was disconnected.'));
    this.#opening.catch(() => {});
    if (typeof this.#target === 'string') await opened?.pool.end();
  }

  async #open(): Promise<Opened> {
    const given =
      typeof this.#target === 'string' ? await this.#newPool(this.#target) : this.#target;
    // A pool with callbacks has one with promises inside.
    const pool = hasMethods(given, 'promise')
      ? (given as unknown as { promise(): MysqlPool }).promise()
      : given;
    return { pool, connections: mysqlConnections(pool, this.#access) };
  }

  async #newPool(uri: string): Promise<MysqlPool> {
    const createPool = await functionFrom(drivers, 'mysql2/promise', 'createPool');
    const pool: unknown = Reflect.apply(createPool, undefined, [
      {
        uri,
        connectTimeout: this.#access.deadline,
        connectionLimit,
        charset: 'utf8mb4_bin',
        enableKeepAlive: true,
      },
    ]);
    return pool as MysqlPool;
  }
}

function queryOf(connection: MysqlConnection, signal: AbortSignal): MysqlQuery {
  return async (sql, values) => {
    if (signal.aborted) throw new NotSentError('The time for the call was up.');
    const [result] = await connection.execute(sql, [...values]);
    const rows = Array.isArray(result) ? result.filter(hasMembers) : [];
    return { rows, affected: Number(memberOf(result, 'affectedRows') ?? 0) };
  };
}
