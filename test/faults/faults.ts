// What can go wrong between an app and its server, and how it comes right again.
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultyServer } from './faulty-server.js';
import type { ServerKind } from './subjects.js';

/** One thing that goes wrong. */
export interface Fault {
  readonly servers: readonly ServerKind[];
  /** It is there before the app starts. */
  readonly fromTheStart?: true;
  /** A write that has failed may still be on its way, and take effect after a later one. */
  readonly leavesWritesOnTheWire?: true;
  /** How long it lasts, in deadlines. Default: 3. */
  readonly lasts?: number;
  begin(server: FaultyServer, deadline: number): Promise<void>;
  end(server: FaultyServer): Promise<void>;
}

const all: readonly ServerKind[] = ['redis', 'postgres', 'mysql'];

const restore = ({ network }: FaultyServer) => network.restore();

const faults = {
  'server killed and restarted': {
    servers: all,
    begin: (server) => server.kill(),
    end: (server) => server.restart(),
  },
  'server frozen': {
    servers: all,
    leavesWritesOnTheWire: true,
    begin: async (server) => server.freeze(),
    end: async (server) => server.thaw(),
  },
  'network silent': {
    servers: all,
    begin: async ({ network }) => network.silence(),
    end: restore,
  },
  'network silent from the start': {
    servers: all,
    fromTheStart: true,
    begin: async ({ network }) => network.silence(),
    end: restore,
  },
  'replies lost': {
    servers: all,
    begin: async ({ network }) => network.silence({ requests: false, replies: true }),
    end: restore,
  },
  'connections cut, again and again': {
    servers: all,
    async begin({ network }) {
      for (let times = 0; times < 10; times++) {
        network.cut();
        await pause(50);
      }
    },
    end: restore,
  },
  'replies cut short': {
    servers: all,
    async begin({ network }) {
      for (let times = 0; times < 10; times++) {
        network.truncate(2);
        await pause(50);
      }
    },
    end: restore,
  },
  'everything late by two deadlines': {
    servers: all,
    async begin({ network }, deadline) {
      network.delay(2 * deadline);
    },
    leavesWritesOnTheWire: true,
    end: restore,
  },
  'connections refused': {
    servers: all,
    begin: ({ network }) => network.refuse(),
    end: restore,
  },
  'connections refused from the start': {
    servers: all,
    fromTheStart: true,
    begin: ({ network }) => network.refuse(),
    end: restore,
  },
  'server read-only': {
    servers: all,
    begin: (server) => server.setReadOnly(true),
    end: (server) => server.setReadOnly(false),
  },
  'memory full': {
    servers: ['redis'],
    async begin(server) {
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
      await server.command('CONFIG', 'SET', 'maxmemory', '1');
    },
    async end(server) {
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
    },
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

export const faultOf = (name: FaultName): Fault => faults[name];
