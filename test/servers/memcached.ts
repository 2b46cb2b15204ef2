// A memcached of our own.

import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findProgram } from './find-program.js';
import { freePort, OwnedProcess } from './owned-process.js';
import { dataDirectory, unprivilegedUser } from './run-program.js';

/** Whether `startMemcached` can work here. */
export const canStartMemcached = (): boolean => findProgram('memcached') !== undefined;

export async function startMemcached(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program = findProgram('memcached');
  if (program === undefined) throw new Error('memcached is not installed.');
  const uid = await unprivilegedUser('nobody');
  const directory = await dataDirectory('test-memcached-', uid);
  const port = await freePort();
  const server = await OwnedProcess.start({
    command: program,
    args: ['-l', '127.0.0.1', '-p', String(port), '-U', '0'],
    directory,
    log: join(directory, 'log'),
    uid,
  });
  await server.until(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
  });
  return {
    port,
    async stop() {
      await server.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
