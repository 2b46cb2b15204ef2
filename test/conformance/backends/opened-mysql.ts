// `openSessionStorage` on MySQL or MariaDB, in a database of its own.
import mysql from 'mysql2/promise';
import { openSessionStorage } from '../../../src/open/index.js';
import { type Backend, uniqueName } from '../backend.js';
import { keyvCapabilities } from './keyv-memory.js';

async function query(url: string, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

export const openedMysql: Backend = {
  name: 'openSessionStorage on MySQL',
  server: 'mysql',
  capabilities: keyvCapabilities,
  async create(server) {
    const name = uniqueName();
    await query(server, `CREATE DATABASE ${name}`);
    return { database: Object.assign(new URL(server), { pathname: `/${name}` }).href };
  },
  async connect({ database = '' }) {
    const storage = openSessionStorage(database);
    return {
      storage,
      raw: async () =>
        JSON.stringify(await query(database, 'SELECT * FROM shopify_session_records')),
      close: () => storage.disconnect(),
    };
  },
  async drop({ database = '' }) {
    await query(database, `DROP DATABASE ${new URL(database).pathname.slice(1)}`);
  },
};
