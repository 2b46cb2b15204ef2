// MySQL and MariaDB: without connections, read-only, with a limit to how long statements take.
import mysql from 'mysql2/promise';
import { findProgram } from '../../servers/find-program.js';
import { canStartMysql } from '../../servers/mysql.js';
import type { FaultyServer, FaultyStore } from '../faulty-server.js';
import { untilAnswers } from '../until.js';
import { describeStates } from './state-suite.js';

const hosts = ['localhost', '127.0.0.1', '%'];

/** Ends all connections of the app. */
async function endConnections(server: FaultyServer): Promise<void> {
  const ids = "SELECT id FROM information_schema.processlist WHERE user = 'app'";
  for (;;) {
    const rows = (await server.command(ids)) as { id: number }[];
    if (rows.length === 0) return;
    // One may have ended by itself.
    for (const { id } of rows) await server.command(`KILL ${id}`).catch(() => {});
  }
}

/** Opens connections of the app until there can be no more. Answers what closes them. */
async function exhaust(store: FaultyStore): Promise<() => Promise<void>> {
  const open: mysql.Connection[] = [];
  try {
    for (;;) open.push(await mysql.createConnection(store.directUrl));
  } catch {
    return async () => {
      await Promise.all(open.map((connection) => connection.end()));
    };
  }
}

/** Locks the tables of a store. Answers what unlocks them. */
async function lockTables(server: FaultyServer, store: FaultyStore): Promise<() => Promise<void>> {
  const url = Object.assign(new URL(store.directUrl), { username: 'root' });
  const connection = await mysql.createConnection(url.href);
  const [rows] = await connection.query<mysql.RowDataPacket[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
    [url.pathname.slice(1)],
  );
  await connection.query(`LOCK TABLES ${rows.map(({ name }) => `\`${name}\` WRITE`).join(', ')}`);
  await endConnections(server);
  return () => connection.end();
}

describeStates('mysql', canStartMysql(), {
  'out of connections (max_connections)': {
    says: /ER_CON_COUNT_ERROR/,
    advises: 'It has no connection left',
    passes: true,
    async begin(server, store) {
      await server.command('SET GLOBAL max_connections = 10');
      await untilAnswers(() => endConnections(server));
      const release = await exhaust(store);
      return async () => {
        await release();
        // Connections that are closing still count.
        await untilAnswers(() => server.command('SET GLOBAL max_connections = 151'));
      };
    },
  },
  'out of connections of this user (max_user_connections)': {
    says: /ER_USER_LIMIT_REACHED/,
    advises: 'Its user has used up',
    passes: true,
    async begin(server, store) {
      const limit = async (connections: number) => {
        for (const host of hosts) {
          await server.command(`ALTER USER app@'${host}' WITH MAX_USER_CONNECTIONS ${connections}`);
        }
      };
      await limit(2);
      await endConnections(server);
      const release = await exhaust(store);
      return async () => {
        await limit(0);
        await release();
      };
    },
  },
  'read-only (read_only)': {
    says: /ER_OPTION_PREVENTS_STATEMENT/,
    advises: 'use the primary',
    isReadable: true,
    async begin(server) {
      await server.setReadOnly(true);
      return () => server.setReadOnly(false);
    },
  },
  'with locked tables and a max_statement_time': {
    says: /max_statement_time exceeded/,
    advises: 'max_statement_time',
    missing: findProgram('mariadbd') === undefined ? 'MariaDB' : undefined,
    async begin(server, store) {
      await server.command('SET GLOBAL max_statement_time = 0.1');
      const unlock = await lockTables(server, store);
      return async () => {
        await server.command('SET GLOBAL max_statement_time = 0');
        await unlock();
      };
    },
  },
});
