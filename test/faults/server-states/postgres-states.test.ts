// PostgreSQL: starting, read-only, without connections, with limits to how long statements take.
import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { canStartPostgres } from '../../servers/postgres.js';
import type { FaultyServer, FaultyStore } from '../faulty-server.js';
import { describeStates } from './state-suite.js';

/** Ends all connections of the app. */
const endConnections = (server: FaultyServer) =>
  server.command(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'app'",
  );

/** Locks the tables of a store. Answers what unlocks them. */
async function lockTables(server: FaultyServer, store: FaultyStore): Promise<() => Promise<void>> {
  const connectionString = Object.assign(new URL(store.directUrl), { username: 'postgres' }).href;
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${rows.map(({ name }) => name).join(', ')}`);
  // What was sent before has ended.
  await endConnections(server);
  return () => client.end();
}

/** New connections of the app have this setting. */
async function set(server: FaultyServer, name: string, value: string) {
  await server.command(`ALTER ROLE app SET ${name} = '${value}'`);
  return () => server.command(`ALTER ROLE app RESET ${name}`);
}

describeStates('postgres', canStartPostgres(), {
  'not accepting connections yet (57P03)': {
    says: /57P03/,
    advises: 'It is starting',
    passes: true,
    async begin(server) {
      const [row] = (await server.command('SHOW data_directory')) as [{ data_directory: string }];
      const file = async (name: string) => {
        const path = join(row.data_directory, name);
        await writeFile(path, '');
        const { uid, gid } = await stat(row.data_directory);
        await chown(path, uid, gid);
      };
      await file('standby.signal');
      const restarting = server.restart(['-c', 'hot_standby=off']);
      restarting.catch(() => {});
      for (let said = ''; !said.includes('accepting connections'); ) {
        said = await server.command('SELECT 1').then(String, String);
      }
      return async () => {
        // As `pg_ctl promote` does.
        await file('promote');
        const [pid] = (await readFile(join(row.data_directory, 'postmaster.pid'), 'utf8')).split(
          '\n',
        );
        process.kill(Number(pid), 'SIGUSR1');
        await restarting;
      };
    },
  },
  'out of connections (53300)': {
    says: /53300/,
    advises: 'It has no connection left',
    passes: true,
    async begin(server) {
      await server.command('ALTER ROLE app CONNECTION LIMIT 0');
      await endConnections(server);
      return () => server.command('ALTER ROLE app CONNECTION LIMIT -1');
    },
  },
  'read-only (25006)': {
    says: /25006/,
    advises: 'use the primary',
    isReadable: true,
    async begin(server) {
      await server.setReadOnly(true);
      return () => server.setReadOnly(false);
    },
  },
  'with locked tables and a statement_timeout (57014)': {
    says: /57014/,
    advises: 'statement_timeout',
    async begin(server, store) {
      const reset = await set(server, 'statement_timeout', '100ms');
      const unlock = await lockTables(server, store);
      return async () => {
        await reset();
        await unlock();
      };
    },
  },
  'with locked tables and a lock_timeout (55P03)': {
    says: /55P03/,
    advises: 'holds a lock',
    passes: true,
    async begin(server, store) {
      const reset = await set(server, 'lock_timeout', '50ms');
      const unlock = await lockTables(server, store);
      return async () => {
        await reset();
        await unlock();
      };
    },
  },
});
