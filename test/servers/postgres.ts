// PostgreSQL servers of our own, which a test may kill, freeze, lock or make read-only.
import { realpathSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { findProgram } from './find-program.js';
import { copyFirstData } from './first-data.js';
import { freePort, OwnedProcess } from './owned-process.js';
import { dataDirectory, runProgram, unprivilegedUser } from './run-program.js';
import { onSmallDisk, smallDiskIn } from './small-disk.js';

/** A PostgreSQL server that this process started and owns. */
export interface OwnPostgres {
  /** The database `postgres` as user `postgres`, without a password. */
  readonly url: string;
  readonly port: number;
  /** As in a crash: connections break, nothing is flushed. */
  kill(): Promise<void>;
  /** Ends the server for good and removes its data. */
  stop(): Promise<void>;
  /**
   * Starts the server again on the same port, with the data that was there, and waits until it
   * answers.
   *
   * @param args Further command line arguments.
   */
  restart(args?: readonly string[]): Promise<void>;
  /** Suspends the server and all its connections: they stay open, nothing answers. */
  freeze(): Promise<void>;
  thaw(): void;
  /** From now on every connection needs `password`; those that are open are ended. */
  setPassword(password: string): Promise<void>;
  /** Writes answer SQLSTATE 25006, as on a replica after a failover. */
  setReadOnly(readOnly: boolean): Promise<void>;
  /** A folder on a disk of its own, with the option `hasSmallDisk`. */
  readonly smallDisk: string | undefined;
  /** Runs SQL as the superuser. */
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Whether `startPostgres` can work here. */
export const canStartPostgres = (): boolean => postgresFolder() !== undefined;

// `initdb` must be that of the same release, so both come from one folder.
const postgresFolder = (): string | undefined => {
  const initdb = findProgram('initdb');
  return initdb === undefined ? undefined : dirname(realpathSync(initdb));
};

export interface PostgresOptions {
  /** Whether the folder `smallDisk` is a disk of a few megabytes, which is empty after a restart. */
  readonly hasSmallDisk?: boolean;
}

/** Starts `postgres` on a free port, with a new and empty cluster. */
export async function startPostgres(options: PostgresOptions = {}): Promise<OwnPostgres> {
  const folder = postgresFolder();
  if (folder === undefined) throw new Error('PostgreSQL (initdb, postgres) is not installed.');
  const uid = await unprivilegedUser('postgres');
  const directory = await dataDirectory('test-postgres-', uid);
  const data = await copyFirstData('postgres', { directory, uid }, (first) =>
    runProgram(
      join(folder, 'initdb'),
      ['-D', first, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '--auth=trust'],
      { uid, cwd: directory },
    ),
  );
  const smallDisk = options.hasSmallDisk ? await smallDiskIn(directory, uid) : undefined;
  return runPostgres({ folder, uid, directory, data, port: await freePort(), smallDisk });
}

/**
 * Starts a hot standby of the server on `primaryPort`, with all that this has; it follows until
 * `pg_promote()` is called.
 */
export async function startPostgresStandby(primaryPort: number): Promise<OwnPostgres> {
  const folder = postgresFolder();
  if (folder === undefined) throw new Error('PostgreSQL (pg_basebackup) is not installed.');
  const uid = await unprivilegedUser('postgres');
  const directory = await dataDirectory('test-postgres-', uid);
  const data = join(directory, 'data');
  const source = ['-h', '127.0.0.1', '-p', String(primaryPort), '-U', 'postgres'];
  await runProgram(
    join(folder, 'pg_basebackup'),
    [...source, '-D', data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'],
    { uid, cwd: directory },
  );
  return runPostgres({ folder, uid, directory, data, port: await freePort() });
}

interface Installation {
  /** Of the programs. */
  readonly folder: string;
  readonly uid: number | undefined;
  readonly directory: string;
  /** In `directory`. */
  readonly data: string;
  readonly port: number;
  readonly smallDisk?: string | undefined;
}

async function runPostgres(installation: Installation): Promise<OwnPostgres> {
  const { folder, uid, directory, data, port, smallDisk } = installation;
  let password = '';
  const connect = async () => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password,
      database: 'postgres',
      connectionTimeoutMillis: 5_000,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const query = async (sql: string) => {
    const client = await connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const launch = (args: readonly string[] = []) => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'max_connections=100',
      'shared_buffers=16MB',
    ];
    const command = [
      ...(smallDisk === undefined ? [] : onSmallDisk(smallDisk)),
      ...[join(folder, 'postgres'), '-D', data],
      ...settings.flatMap((setting) => ['-c', setting]),
      ...args,
    ];
    return OwnedProcess.start({
      command: command[0] ?? '',
      args: command.slice(1),
      directory,
      log: join(directory, 'log'),
      uid,
    });
  };
  const isReady = () => query('SELECT 1');

  let server = await launch();
  await server.until(isReady);
  let frozen: number[] = [];
  const signalAll = (signal: NodeJS.Signals) => {
    for (const pid of frozen) {
      try {
        process.kill(pid, signal);
      } catch {
        // That connection has ended by itself.
      }
    }
  };
  const thaw = () => {
    signalAll('SIGCONT');
    frozen = [];
  };
  const kill = async () => {
    thaw();
    await server.end('SIGQUIT');
  };
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    smallDisk,
    query,
    kill,
    async stop() {
      await kill();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
    async restart(args) {
      await kill();
      // Known before it is ready: it may be killed while it starts.
      server = await launch(args);
      await server.until(isReady);
    },
    async freeze() {
      const client = await connect();
      // Each connection is a process. No new one can come once the first process stands still.
      server.signal('SIGSTOP');
      const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
      frozen = [server.pid, ...rows.map((row) => row.pid)];
      signalAll('SIGSTOP');
      // Its own process stands still as well, so that it cannot be asked to end this connection.
      (
        client as unknown as { connection: { stream: { destroy(): void } } }
      ).connection.stream.destroy();
    },
    thaw,
    async setPassword(next) {
      const literal = pg.escapeLiteral(next);
      await query(`ALTER USER postgres PASSWORD ${literal}`);
      await writeFile(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
      await query('SELECT pg_reload_conf()');
      password = next;
      await server.until(() => endConnections(query));
    },
    async setReadOnly(readOnly) {
      await query(`ALTER SYSTEM SET default_transaction_read_only = ${readOnly ? 'on' : 'off'}`);
      await query('SELECT pg_reload_conf()');
      const expected = readOnly ? 'on' : 'off';
      await server.until(async () => {
        const [row] = await query('SHOW default_transaction_read_only');
        if (row?.default_transaction_read_only !== expected) throw new Error('Not yet.');
      });
    },
  };
}

const endConnections = (query: OwnPostgres['query']) =>
  query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
  );
