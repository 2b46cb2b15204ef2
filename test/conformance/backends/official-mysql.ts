// @shopify/shopify-app-session-storage-mysql
import { MySQLSessionStorage } from '@shopify/shopify-app-session-storage-mysql';
import mysql from 'mysql2/promise';
import { type Backend, officialCapabilities, type Place, uniqueName } from '../backend.js';

export const officialMysql: Backend = {
  name: 'official MySQL',
  server: 'mysql',
  capabilities: { ...officialCapabilities, deletesNone: false },
  async create(server) {
    const name = uniqueName();
    await queryMysql(server, `CREATE DATABASE ${name}`);
    const url = new URL(server);
    // The storage does not know the default port.
    url.port ||= '3306';
    url.pathname = `/${name}`;
    return { database: url.href };
  },
  async connect({ database = '' }: Place) {
    const storage = new MySQLSessionStorage(new URL(database));
    await storage.ready;
    return {
      storage,
      raw: async () => JSON.stringify(await queryMysql(database, 'SELECT * FROM shopify_sessions')),
      close: () => storage.disconnect(),
    };
  },
  async drop({ database = '' }) {
    await queryMysql(database, `DROP DATABASE ${new URL(database).pathname.slice(1)}`);
  },
};

async function queryMysql(url: string, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}
