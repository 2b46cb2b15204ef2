// A PgBouncer of our own in transaction mode, in front of a PostgreSQL server of our own.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { findProgram } from './find-program.js';
import { freePort, OwnedProcess } from './owned-process.js';
import { dataDirectory, unprivilegedUser } from './run-program.js';

/** Whether `startPgbouncer` can work here. */
export const canStartPgbouncer = (): boolean => findProgram('pgbouncer') !== undefined;

/** @param serverPort Where PostgreSQL listens on 127.0.0.1, and trusts the user `postgres`. */
export async function startPgbouncer(
  serverPort: number,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program = findProgram('pgbouncer');
  if (program === undefined) throw new Error('pgbouncer is not installed.');
  const uid = await unprivilegedUser('postgres');
  const directory = await dataDirectory('test-pgbouncer-', uid);
  const port = await freePort();
  const settings = join(directory, 'pgbouncer.ini');
  await writeFile(
    settings,
    [
      ...['[databases]', `* = host=127.0.0.1 port=${serverPort} user=postgres`, '[pgbouncer]'],
      ...['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir ='],
      ...['auth_type = any', 'pool_mode = transaction', 'default_pool_size = 5'],
      // Its default, after a server has gone, is to wait fifteen seconds before it looks again.
      'server_login_retry = 1',
    ].join('\n'),
  );
  const server = await OwnedProcess.start({
    command: program,
    args: [settings],
    directory,
    log: join(directory, 'log'),
    uid,
  });
  await server.until(async () => {
    const client = new pg.Client(`postgres://postgres@127.0.0.1:${port}/postgres`);
    await client.connect();
    await client.end();
  });
  return {
    port,
    async stop() {
      await server.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
