// A Redis Sentinel of our own, which follows one master.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './find-program.js';
import { freePort, OwnedProcess } from './owned-process.js';
import { redisClient } from './redis.js';

const hour = 3_600_000;

/** A Redis Sentinel that this process started and owns. */
export interface OwnRedisSentinel {
  readonly port: number;
  /** The name of the master that it follows. */
  readonly master: string;
  /** Of the form `sentinel://host:port/master`, which is ours: clients take the parts. */
  readonly url: string;
  command(args: readonly string[]): Promise<unknown>;
  /**
   * How long a master is silent until a replica takes its place, in milliseconds. An hour at first: a
   * busy machine is silent too.
   */
  setDownAfter(milliseconds: number): Promise<void>;
  /** Waits until it knows of a replica that is in sync. */
  untilKnown(replicaPort: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a sentinel that needs no other to decide.
 *
 * @param more Further lines of its configuration.
 */
export async function startRedisSentinel(
  masterPort: number,
  more: readonly string[] = [],
): Promise<OwnRedisSentinel> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error('redis-server is not installed.');
  const directory = await mkdtemp(join(tmpdir(), 'test-redis-'));
  const [port, master] = [await freePort(), 'sessions'];
  const configuration = join(directory, 'sentinel.conf');
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `sentinel monitor ${master} 127.0.0.1 ${masterPort} 1`],
    ...[`sentinel down-after-milliseconds ${master} ${hour}`],
    `sentinel failover-timeout ${master} 5000`,
    ...more,
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`);
  const server = await OwnedProcess.start({
    command: program,
    args: [configuration, '--sentinel'],
    directory,
    log: join(directory, 'log'),
  });
  const command = (args: readonly string[]) => send(port, args);
  await server.until(() => command(['PING']));
  return {
    port,
    master,
    url: `sentinel://127.0.0.1:${port}/${master}`,
    command,
    async setDownAfter(milliseconds) {
      await command(['SENTINEL', 'SET', master, 'down-after-milliseconds', String(milliseconds)]);
    },
    untilKnown: (replicaPort) =>
      server.until(async () => {
        const known = JSON.stringify(await command(['SENTINEL', 'REPLICAS', master]));
        if (!known.includes(`"${replicaPort}"`) || !known.includes('"master-link-status","ok"')) {
          throw new Error(`The sentinel knows of ${known}.`);
        }
      }),
    async stop() {
      await server.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The URL of the master that a sentinel names. */
export async function sentinelMaster(url: string): Promise<string> {
  const { port, pathname } = new URL(url);
  const address = await send(Number(port), [
    'SENTINEL',
    'GET-MASTER-ADDR-BY-NAME',
    pathname.slice(1),
  ]);
  if (!Array.isArray(address)) throw new Error('The sentinel knows no such master.');
  return `redis://${address.join(':')}`;
}

async function send(port: number, args: readonly string[]): Promise<unknown> {
  const client = redisClient(`redis://127.0.0.1:${port}`);
  try {
    await client.connect();
    return await client.sendCommand([...args]);
  } finally {
    if (client.isOpen) client.destroy();
  }
}
