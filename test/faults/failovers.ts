// A server is followed by another one, which has all that was acknowledged.
import { setTimeout as pause } from 'node:timers/promises';
import { startMysql } from '../servers/mysql.js';
import { startPostgresStandby } from '../servers/postgres.js';
import { type OwnRedis, startRedis } from '../servers/redis.js';
import type { Fault } from './fault.js';
import { type FaultyServer, type FaultyStore, makeMysqlDatabase } from './faulty-server.js';

/** The same address, on the server's successor. */
function at(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).href;
}

/** @param event What must come: the error names it. */
async function until(event: string, hasCome: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await hasCome()); await pause(20)) {
    if (Date.now() > end) throw new Error(`A failover waited in vain until ${event}.`);
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

/** Makes a server follow another; if that fails, it is not left to go on trying. */
async function following<Server extends { stop(): Promise<void> }>(
  server: Server,
  follow: () => Promise<void>,
): Promise<Server> {
  try {
    await follow();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
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
  succeed: (server: FaultyServer, store: FaultyStore) => Promise<Successor>,
  leaving: Leaving,
): Fault => ({
  servers: [kind],
  async prepare(server, store) {
    const successor = await succeed(server, store);
    return {
      directUrl: at(store.directUrl, successor.port),
      begin: () => successor.takeOver(() => leaving.begin?.(server)),
      end: () => server.network.retarget(successor.port),
      async cleanUp() {
        server.network.retarget(server.port);
        try {
          await leaving.undo(server);
        } finally {
          await successor.stop();
        }
      },
    };
  },
});

const startStandby = async (server: FaultyServer): Promise<Successor> => {
  const standby = await following(await startPostgresStandby(server.port), () =>
    synchronous(server, '*'),
  );
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
  const started = await startRedis();
  const replica = await following(started, async () => {
    await started.command(['REPLICAOF', '127.0.0.1', String(server.port)]);
    await until('the replica had its copy', async () =>
      (await replication(started)).includes('master_link_status:up'),
    );
  });
  return {
    ...replica,
    async takeOver(leave) {
      await server.command('FAILOVER');
      await until('the replica was the primary server', async () =>
        (await replication(replica)).includes('role:master'),
      );
      await until('its predecessor was a replica', async () =>
        String(await server.command('INFO', 'replication')).includes('role:slave'),
      );
      await leave();
    },
  };
};

const startMariadbReplica = async (
  server: FaultyServer,
  store: FaultyStore,
): Promise<Successor> => {
  const position = async () => {
    const rows = await server.command('SELECT @@gtid_binlog_pos AS position');
    return (rows as [{ position: string }])[0].position;
  };
  const started = await startMysql(['--server-id=2']);
  const catchUp = async () => {
    const wanted = await position();
    await until('the replica had all that was acknowledged', async () => {
      const rows = await started.query('SELECT @@gtid_slave_pos AS position');
      return (rows as [{ position: string }])[0].position === wanted;
    });
  };
  const replica = await following(started, async () => {
    // It takes part from here on. What the server did for other stores would take it minutes.
    await makeMysqlDatabase(started.query, new URL(store.directUrl).pathname.slice(1));
    await started.query(`SET GLOBAL gtid_slave_pos = '${await position()}'`);
    await started.query(
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${server.port}, MASTER_USER = 'root', MASTER_USE_GTID = slave_pos`,
    );
    await started.query('START SLAVE');
    await catchUp();
  });
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
