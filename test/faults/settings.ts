// Ways in which a server may be set up, under which everything works, and what else may go wrong there.
import { startPgbouncer } from '../servers/pgbouncer.js';
import type { Fault, PreparedFault } from './fault.js';
import type { FaultyServer } from './faulty-server.js';

/** `url` for another user. */
function as(url: string, username: string, password: string): string {
  return Object.assign(new URL(url), { username, password }).href;
}

/** The app reaches the server through pgbouncer in transaction mode; the network is before that. */
const behindPgbouncer = (fault: (server: FaultyServer) => PreparedFault): Fault => ({
  servers: ['postgres'],
  program: 'pgbouncer',
  async prepare(server) {
    const pgbouncer = await startPgbouncer(server.port);
    server.network.retarget(pgbouncer.port);
    return {
      ...fault(server),
      async cleanUp() {
        server.network.retarget(server.port);
        await pgbouncer.stop();
      },
    };
  },
});

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
  'pgbouncer in transaction mode': { ...behindPgbouncer(() => ({})), failsNothing: true },
  'behind pgbouncer, server killed and restarted': behindPgbouncer((server) => ({
    begin: () => server.kill(),
    end: () => server.restart(),
  })),
  'behind pgbouncer, server frozen': {
    ...behindPgbouncer((server) => ({
      begin: () => server.freeze(),
      end: () => server.thaw(),
    })),
    leavesWritesOnTheWire: true,
  },
  'behind pgbouncer, network silent': behindPgbouncer(({ network }) => ({
    begin: () => network.silence(),
    end: () => network.restore(),
  })),
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
