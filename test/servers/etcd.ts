// An etcd of our own.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.js';
import { freePort, OwnedProcess } from './owned-process.js';

/** Whether `startEtcd` can work here. */
export const canStartEtcd = (): boolean => findProgram('etcd') !== undefined;

export async function startEtcd(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program = findProgram('etcd');
  if (program === undefined) throw new Error('etcd is not installed.');
  const directory = await mkdtemp(join(tmpdir(), 'test-etcd-'));
  const port = await freePort();
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`];
  const server = await OwnedProcess.start({
    command: program,
    args: [
      ...['--data-dir', join(directory, 'data')],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', `default=${peer}`],
    ],
    directory,
    log: join(directory, 'log'),
  });
  await server.until(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    const health = await fetch(`${client}/health`);
    if (!health.ok) throw new Error('Not yet.');
  });
  return {
    port,
    async stop() {
      await server.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
