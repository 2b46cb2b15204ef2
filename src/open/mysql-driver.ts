// MySQL and MariaDB through `mysql2`: a pool of our own for each storage, or the app's.
import { MadeTable } from '../atomic-store/index.js';
import { MysqlStore } from '../atomic-store/mysql-store.js';
import { hasMembers, hasMethods } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import type { StoreAccess } from '../store-access/index.js';
import {
  endMysqlPool,
  type MysqlPool,
  mysqlConnections,
  mysqlPoolOptions,
} from '../store-access/mysql-pool.js';
import type { SqlRunner } from '../store-access/sql-runner.js';
import { LazyConnections } from './lazy-connections.js';
import type { ResolvedOpenOptions } from './open-options.js';

/** @param target A URL, or the app's own pool, which is not closed. */
export function openMysql(
  target: string | MysqlPool,
  { table }: ResolvedOpenOptions,
  access: StoreAccess,
): MysqlStore {
  const lazy = new LazyConnections(opener(target, access));
  const runner: SqlRunner = {
    async query(...statement) {
      const [result] = await lazy.run(...statement);
      // In place of rows, a statement that changes some is answered with a header.
      return (Array.isArray(result) ? result : [result]).filter(hasMembers);
    },
    close: () => lazy.close(),
  };
  const name = `\`${table}\``;
  // Keys that differ in case only are different keys; a shop's list may exceed the 64 KB of TEXT.
  const create = `CREATE TABLE IF NOT EXISTS ${name} (\`key\` VARCHAR(255) PRIMARY KEY, value MEDIUMTEXT) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
  const make = (signal: AbortSignal) => runner.query(create, [], signal);
  return new MysqlStore(runner, name, new MadeTable(`table ${table} in the database`, make));
}

/** How connections are had once they are needed. The app's own pool is looked at now, so that a wrong one is refused. */
function opener(target: string | MysqlPool, access: StoreAccess) {
  if (typeof target !== 'string') {
    const connections = mysqlConnections(promised(target), access);
    return async () => ({ connections });
  }
  return async () => {
    const pool = await newPool(target, access);
    return { connections: mysqlConnections(pool, access), end: () => endMysqlPool(pool) };
  };
}

async function newPool(uri: string, { deadline }: StoreAccess): Promise<MysqlPool> {
  const createPool = await functionFrom(drivers, 'mysql2/promise', 'createPool');
  const options = mysqlPoolOptions(uri, { connectTimeout: deadline, enableKeepAlive: true });
  return Reflect.apply(createPool, undefined, [options]) as MysqlPool;
}

/** A pool with callbacks has one with promises inside. */
function promised(pool: MysqlPool): MysqlPool {
  return hasMethods(pool, 'promise')
    ? (pool as unknown as { promise(): MysqlPool }).promise()
    : pool;
}
