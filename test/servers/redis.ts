// Redis servers of our own, which a test may kill, freeze, lock or make read-only.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { findProgram } from './find-program.js';
import { freePort, OwnedProcess } from './owned-process.js';

export interface RedisOptions {
  /** Asked of every client. The server's `url` holds it. */
  readonly password?: string;
  /** Further command line arguments of `redis-server`. */
  readonly args?: readonly string[];
}

/** A Redis server that this process started and owns. */
export interface OwnRedis {
  /** With the password the server was started with, if any. */
  readonly url: string;
  readonly port: number;
  /** As in a crash: nothing is said to the clients, nothing more is written. */
  kill(): Promise<void>;
  /** Ends the server for good and removes its data. */
  stop(): Promise<void>;
  /**
   * Starts the server again on the same port, with the data that was there, and waits until it is
   * ready.
   *
   * @param args Further command line arguments.
   */
  restart(args?: readonly string[]): Promise<void>;
  /** Suspends the process: connections stay open, nothing answers. */
  freeze(): void;
  thaw(): void;
  /** From now on every client needs `password`; those connected lose their connection. */
  setPassword(password: string): Promise<void>;
  /** Writes answer `READONLY`, as on a replica after a failover. */
  setReadOnly(readOnly: boolean): Promise<void>;
  /** Sends any command, such as `['DBSIZE']`. */
  command(args: readonly string[]): Promise<unknown>;
}

/** Whether `startRedis` can work here. */
export const canStartRedis = (): boolean => findProgram('redis-server') !== undefined;

/** Starts `redis-server` on a free port. Every write is on disk before it is answered. */
export async function startRedis(options: RedisOptions = {}): Promise<OwnRedis> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error('redis-server is not installed.');
  const directory = await mkdtemp(join(tmpdir(), 'test-redis-'));
  const port = await freePort();
  let password = options.password;
  const url = `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`;

  const command = async (args: readonly string[]) => {
    const client = redisClient(`redis://127.0.0.1:${port}`, password);
    try {
      await client.connect();
      return await client.sendCommand([...args]);
    } finally {
      if (client.isOpen) client.destroy();
    }
  };
  const launch = (args: readonly string[] = []) =>
    OwnedProcess.start({
      command: program,
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
        ...['--appendonly', 'yes', '--appendfsync', 'always'],
        ...(password === undefined ? [] : ['--requirepass', password]),
        ...(options.args ?? []),
        ...args,
      ],
      directory,
      log: join(directory, 'log'),
    });
  const isReady = () => command(['PING']);

  let server = await launch();
  await server.until(isReady);
  return {
    url,
    port,
    command,
    kill: () => server.end('SIGKILL'),
    async stop() {
      await server.end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
    async restart(args) {
      await server.end('SIGKILL');
      // Known before it is ready: it may be killed while it loads its data.
      server = await launch(args);
      await server.until(isReady);
    },
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    async setPassword(next) {
      await command(['CONFIG', 'SET', 'requirepass', next]);
      password = next;
      await command(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    },
    async setReadOnly(readOnly) {
      // A replica of a port where nobody listens keeps its data, and refuses writes.
      await command(readOnly ? ['REPLICAOF', '127.0.0.1', '1'] : ['REPLICAOF', 'NO', 'ONE']);
    },
  };
}

/** A client that fails at once when the server is not there. */
export function redisClient(url: string, password?: string) {
  const client = createClient({
    url,
    ...(password === undefined ? {} : { password }),
    socket: { reconnectStrategy: false, connectTimeout: 20_000 },
  });
  // Failures come through the promises; without a listener they would end the process as well.
  client.on('error', () => {});
  return client;
}
