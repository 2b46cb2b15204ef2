// Ways in which a server may be set up, under which everything works.
import { startPgbouncer } from '../servers/pgbouncer.js';
import type { Fault } from './fault.js';

/** `url` for another user. */
function as(url: string, username: string, password: string): string {
  return Object.assign(new URL(url), { username, password }).href;
}

export const settings = {
  'serializable isolation': {
    servers: ['postgres'],
    failsNothing: true,
    async prepare(server, store) {
      const database = new URL(store.directUrl).pathname.slice(1);
      await server.command(
        `ALTER DATABASE ${database} SET default_transaction_isolation = 'serializable'`,
      );
      return {};
    },
  },
  'pgbouncer in transaction mode': {
    servers: ['postgres'],
    program: 'pgbouncer',
    failsNothing: true,
    async prepare(server) {
      const pgbouncer = await startPgbouncer(server.port);
      server.network.retarget(pgbouncer.port);
      return {
        async cleanUp() {
          server.network.retarget(server.port);
          await pgbouncer.stop();
        },
      };
    },
  },
  'user who may call EVAL but not EVALSHA': {
    servers: ['redis'],
    failsNothing: true,
    async prepare(server, store) {
      const rights = ['~*', '&*', '+@all', '-evalsha'];
      await server.command('ACL', 'SETUSER', 'app', 'on', '>secret', ...rights);
      return {
        url: as(store.url, 'app', 'secret'),
        cleanUp: async () => void (await server.command('ACL', 'DELUSER', 'app')),
      };
    },
  },
} satisfies Record<string, Fault>;
