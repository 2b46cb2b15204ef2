// What can go wrong between an app and its server, and how it comes right again.
import { setTimeout as pause } from 'node:timers/promises';
import { failovers } from './failovers.js';
import type { Fault } from './fault.js';
import type { FaultyNode, FaultyServer } from './faulty-server.js';
import { settings } from './settings.js';
import type { ServerKind } from './subjects.js';
import { topologyFailovers } from './topology-failovers.js';

const redis: readonly ServerKind[] = ['redis', 'redis-cluster', 'redis-sentinel'];
const all: readonly ServerKind[] = [...redis, 'postgres', 'mysql'];

/** A fault that needs nothing to be got ready. */
const simple = (
  begin: (server: FaultyServer, deadline: number) => unknown,
  end: (server: FaultyServer) => unknown,
): Fault => ({
  servers: all,
  prepare: async (server, _store, deadline) => ({
    begin: () => begin(server, deadline),
    end: () => end(server),
  }),
});

/** A fault of the first node of several: the others go on. */
const ofOneNode = (
  begin: (node: FaultyNode) => unknown,
  end: (node: FaultyNode) => unknown,
): Fault => ({
  servers: ['redis-cluster'],
  async prepare({ nodes: [node] = [] }) {
    if (node === undefined) throw new Error('The server has no nodes.');
    return { begin: () => begin(node), end: () => end(node) };
  },
});

const restore = ({ network }: FaultyNode) => network.restore();

const faults = {
  // To compare with: what fails here fails because the machine is busy.
  nothing: simple(
    () => {},
    () => {},
  ),
  'server killed and restarted': simple(
    (server) => server.kill(),
    (server) => server.restart(),
  ),
  'server frozen': {
    ...simple(
      (server) => server.freeze(),
      (server) => server.thaw(),
    ),
    leavesWritesOnTheWire: true,
  },
  'network silent': simple(({ network }) => network.silence(), restore),
  'network silent from the start': {
    ...simple(({ network }) => network.silence(), restore),
    fromTheStart: true,
  },
  'replies lost': {
    ...simple(({ network }) => network.silence({ requests: false, replies: true }), restore),
    leavesWritesOnTheWire: true,
  },
  'connections cut, again and again': simple(async ({ network }) => {
    for (let times = 0; times < 10; times++) {
      network.cut();
      await pause(50);
    }
  }, restore),
  'replies cut short': simple(async ({ network }) => {
    for (let times = 0; times < 10; times++) {
      network.truncate(2);
      await pause(50);
    }
  }, restore),
  'everything late by two deadlines': {
    ...simple(({ network }, deadline) => network.delay(2 * deadline), restore),
    leavesWritesOnTheWire: true,
  },
  'connections refused': simple(({ network }) => network.refuse(), restore),
  'connections refused from the start': {
    ...simple(({ network }) => network.refuse(), restore),
    fromTheStart: true,
  },
  'server read-only': simple(
    (server) => server.setReadOnly(true),
    (server) => server.setReadOnly(false),
  ),
  'memory full': {
    ...simple(
      async (server) => {
        await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
        await server.command('CONFIG', 'SET', 'maxmemory', '1');
      },
      (server) => server.command('CONFIG', 'SET', 'maxmemory', '0'),
    ),
    servers: redis,
  },
  'a node of the cluster killed and restarted': ofOneNode(
    (node) => node.kill(),
    (node) => node.restart(),
  ),
  'a node of the cluster frozen': {
    ...ofOneNode(
      (node) => node.freeze(),
      (node) => node.thaw(),
    ),
    leavesWritesOnTheWire: true,
  },
  'a node of the cluster silent': ofOneNode(({ network }) => network.silence(), restore),
  'a node of the cluster silent from the start': {
    ...ofOneNode(({ network }) => network.silence(), restore),
    fromTheStart: true,
  },
  ...failovers,
  ...topologyFailovers,
  ...settings,
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

export const faultOf = (name: FaultName): Fault => faults[name];
