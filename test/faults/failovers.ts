// A server is followed by another one, which has all that was acknowledged.
import { setTimeout as pause } from 'node:timers/promises';
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

const redisRole = async (server: OwnRedis | FaultyServer) =>
  /role:(\w+)/.exec(
    String(
      await ('network' in server
        ? server.command('INFO', 'replication')
        : server.command(['INFO', 'replication'])),
    ),
  )?.[1];

const withPostgresStandby = async (server: FaultyServer) => {
  const standby = await startPostgresStandby(server.port);
  await synchronous(server, '*');
  return standby;
};

const withRedisReplica = async (server: FaultyServer) => {
  const replica = await startRedis();
  await replica.command(['REPLICAOF', '127.0.0.1', String(server.port)]);
  await until(async () =>
    String(await replica.command(['INFO', 'replication'])).includes('master_link_status:up'),
  );
  return replica;
};

/** Hands over to the replica, with all that was acknowledged. */
const failOverRedis = async (server: FaultyServer, replica: OwnRedis) => {
  await server.command('FAILOVER');
  await until(async () => (await redisRole(replica)) === 'master');
  await until(async () => (await redisRole(server)) === 'slave');
};

export const failovers = {
  'failed over to a standby, the server is gone': {
    servers: ['postgres'],
    async prepare(server, store) {
      const standby = await withPostgresStandby(server);
      return {
        directUrl: at(store.directUrl, standby.port),
        begin: () => server.kill(),
        async end() {
          await standby.query('SELECT pg_promote()');
          server.network.retarget(standby.port);
        },
        async cleanUp() {
          server.network.retarget(server.port);
          await server.restart();
          await synchronous(server, '');
          await standby.stop();
        },
      };
    },
  },
  'failed over to a standby, the server lives on read-only': {
    servers: ['postgres'],
    async prepare(server, store) {
      const standby = await withPostgresStandby(server);
      return {
        directUrl: at(store.directUrl, standby.port),
        async begin() {
          await server.setReadOnly(true);
          await standby.query('SELECT pg_promote()');
          server.network.retarget(standby.port);
        },
        async cleanUp() {
          server.network.retarget(server.port);
          await synchronous(server, '');
          await server.setReadOnly(false);
          await standby.stop();
        },
      };
    },
  },
  'failed over to a replica, the server is gone': {
    servers: ['redis'],
    async prepare(server, store) {
      const replica = await withRedisReplica(server);
      return {
        directUrl: at(store.directUrl, replica.port),
        async begin() {
          await failOverRedis(server, replica);
          await server.kill();
        },
        end: () => server.network.retarget(replica.port),
        async cleanUp() {
          server.network.retarget(server.port);
          await server.restart();
          await replica.stop();
        },
      };
    },
  },
  'failed over to a replica, the server lives on read-only': {
    servers: ['redis'],
    async prepare(server, store) {
      const replica = await withRedisReplica(server);
      return {
        directUrl: at(store.directUrl, replica.port),
        async begin() {
          await failOverRedis(server, replica);
          server.network.retarget(replica.port);
        },
        async cleanUp() {
          server.network.retarget(server.port);
          await server.command('REPLICAOF', 'NO', 'ONE');
          await replica.stop();
        },
      };
    },
  },
} satisfies Record<string, Fault>;
