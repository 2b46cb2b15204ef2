// A server is followed by another one, which has all that was acknowledged.
import { setTimeout as pause } from 'node:timers/promises';
import { startMysql } from '../servers/mysql.js';
import { startPostgresStandby } from '../servers/postgres.js';
import { type OwnRedis, startRedis } from '../servers/redis.js';
import type { Fault } from './fault.js';
import type { FaultyServer } from './faulty-server.js';

/** The same address, on the server's successor. */
function at(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).href;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await pause(20)) {
    if (Date.now() > end) throw new Error('The failover did not come to its end.');
  }
}

const synchronous = async (server: FaultyServer, names: string) => {
  await server.command(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
  await server.command('SELECT pg_reload_conf()');
};

const replication = async (replica: OwnRedis) =>
  String(await replica.command(['INFO', 'replication']));

/** A server that takes the place of another. */
interface Successor {
  readonly port: number;
  /**
   * Takes over, with all that was acknowledged.
   *
   * @param leave Makes an end of its predecessor, or has it live on read-only.
   */
  takeOver(leave: () => unknown): Promise<void>;
  stop(): Promise<void>;
}

/** What becomes of a server that has a successor. */
interface Leaving {
  begin?(server: FaultyServer): unknown;
  /** Makes the server as it was. */
  undo(server: FaultyServer): unknown;
}

const gone: Leaving = {
  begin: (server) => server.kill(),
  undo: (server) => server.restart(),
};

const failover = (
  kind: FaultyServer['kind'],
  succeed: (server: FaultyServer) => Promise<Successor>,
  leaving: Leaving,
): Fault => ({
  servers: [kind],
  async prepare(server, store) {
    const successor = await succeed(server);
    return {
      directUrl: at(store.directUrl, successor.port),
      begin: () => successor.takeOver(() => leaving.begin?.(server)),
      end: () => server.network.retarget(successor.port),
      async cleanUp() {
        server.network.retarget(server.port);
        await leaving.undo(server);
        await successor.stop();
      },
    };
  },
});

const startStandby = async (server: FaultyServer): Promise<Successor> => {
  const standby = await startPostgresStandby(server.port);
  await synchronous(server, '*');
  return {
    port: standby.port,
    async takeOver(leave) {
      await leave();
      await standby.query('SELECT pg_promote()');
    },
    async stop() {
      await synchronous(server, '');
      await standby.stop();
    },
  };
};

const startRedisReplica = async (server: FaultyServer): Promise<Successor> => {
  const replica = await startRedis();
  await replica.command(['REPLICAOF', '127.0.0.1', String(server.port)]);
  await until(async () => (await replication(replica)).includes('master_link_status:up'));
  return {
    ...replica,
    async takeOver(leave) {
      await server.command('FAILOVER');
      await until(async () => (await replication(replica)).includes('role:master'));
      await until(async () =>
        String(await server.command('INFO', 'replication')).includes('role:slave'),
      );
      await leave();
    },
  };
};

const startMariadbReplica = async (server: FaultyServer): Promise<Successor> => {
  const replica = await startMysql(['--server-id=2']);
  await replica.query(
    `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${server.port}, MASTER_USER = 'root', MASTER_USE_GTID = slave_pos`,
  );
  await replica.query('START SLAVE');
  const catchUp = async () => {
    const [row] = (await server.command('SELECT @@gtid_binlog_pos AS position')) as [
      { position: string },
    ];
    await until(async () => {
      const rows = await replica.query('SELECT @@gtid_slave_pos AS position');
      return (rows as [{ position: string }])[0].position === row.position;
    });
  };
  await catchUp();
  return {
    ...replica,
    async takeOver(leave) {
      await server.setReadOnly(true);
      await catchUp();
      await replica.query('STOP SLAVE');
      await leave();
    },
  };
};

export const failovers = {
  'failed over to a standby, the server is gone': failover('postgres', startStandby, gone),
  'failed over to a standby, the server lives on read-only': failover('postgres', startStandby, {
    begin: (server) => server.setReadOnly(true),
    undo: (server) => server.setReadOnly(false),
  }),
  'failed over to a replica, the server is gone': failover('redis', startRedisReplica, gone),
  'failed over to a replica, the server lives on read-only': failover('redis', startRedisReplica, {
    undo: (server) => server.command('REPLICAOF', 'NO', 'ONE'),
  }),
  'failed over to a MariaDB replica, the server is gone': {
    ...failover('mysql', startMariadbReplica, gone),
    program: 'mariadbd',
  },
  'failed over to a MariaDB replica, the server lives on read-only': {
    ...failover('mysql', startMariadbReplica, { undo: (server) => server.setReadOnly(false) }),
    program: 'mariadbd',
  },
} satisfies Record<string, Fault>;
