// A MariaDB or MySQL server of our own: for when none is running, and for tests that kill it.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { findProgram } from './find-program.js';
import { copyFirstData } from './first-data.js';
import { freePort, OwnedProcess } from './owned-process.js';
import { dataDirectory, runProgram, unprivilegedUser } from './run-program.js';

/** A MariaDB or MySQL server that this process started and owns. */
export interface OwnMysql {
  /** Its root user, without a password and without a database. */
  readonly url: string;
  readonly port: number;
  /** As in a crash: connections break, nothing is flushed. */
  kill(): Promise<void>;
  /** Ends the server for good and removes its data. */
  stop(): Promise<void>;
  /** Starts the server again on the same port, with the data that was there. */
  restart(): Promise<void>;
  /** Suspends the process: connections stay open, nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Writes of users without administrative rights fail, as on a replica. */
  setReadOnly(readOnly: boolean): Promise<void>;
  /** Runs SQL as root. */
  query(sql: string): Promise<unknown>;
}

/** Whether `startMysql` can work here. */
export const canStartMysql = (): boolean => findProgram('mariadbd', 'mysqld') !== undefined;

/**
 * Starts `mariadbd` or `mysqld` on a free port.
 *
 * @param options Of its command line.
 */
export async function startMysql(options: readonly string[] = []): Promise<OwnMysql> {
  const program = findProgram('mariadbd', 'mysqld');
  if (program === undefined) throw new Error('Neither MariaDB nor MySQL is installed.');
  const uid = await unprivilegedUser('mysql');
  const directory = await dataDirectory('test-mysql-', uid);
  // A server that starts removes the temporary tables of all others in its folder for them.
  const tmpdir = `--tmpdir=${directory}`;
  const data = await copyFirstData('mysql', { directory, uid }, async (first) => {
    const install = findProgram('mariadb-install-db', 'mysql_install_db');
    const [maker, how] =
      install === undefined
        ? [program, '--initialize-insecure']
        : [install, '--auth-root-authentication-method=normal'];
    const args = ['--no-defaults', `--datadir=${first}`, tmpdir, how];
    await runProgram(maker, args, { uid, cwd: directory });
    // Holds an id that no two servers may share.
    await rm(join(first, 'auto.cnf'), { force: true });
  });
  const port = await freePort();
  const url = `mysql://root@127.0.0.1:${port}`;
  const start = async () => {
    const started = await OwnedProcess.start({
      command: program,
      args: [
        ...['--no-defaults', `--datadir=${data}`, tmpdir],
        ...[`--port=${port}`, '--bind-address=127.0.0.1'],
        ...[`--socket=${join(directory, 'socket')}`, `--pid-file=${join(directory, 'pid')}`],
        ...options,
      ],
      directory,
      log: join(directory, 'log'),
      uid,
    });
    await started.until(async () => {
      const connection = await mysql.createConnection(url);
      await connection.end();
    });
    return started;
  };

  const query = async (sql: string) => {
    const connection = await mysql.createConnection({ uri: url, connectTimeout: 5_000 });
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  };

  let server = await start();
  const kill = () => server.end('SIGKILL');
  return {
    url,
    port,
    kill,
    query,
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    async setReadOnly(readOnly) {
      await query(`SET GLOBAL read_only = ${readOnly ? 1 : 0}`);
    },
    async stop() {
      await kill();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
    async restart() {
      await kill();
      server = await start();
    },
  };
}
