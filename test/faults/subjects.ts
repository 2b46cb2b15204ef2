// The storages that meet faults, by name, so that a process can open the one that the test names.
// Each is loaded with the packages it needs, and only those.
import { setTimeout as pause } from 'node:timers/promises';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { type KeyvLike, KeyvSessionStorage } from '../../src/index.js';
import { useImports } from '../../src/optional-packages/load-package.js';
import type { PlainRedis } from './plain-storage.js';

/** A kind of server; `sqlite` is a file. */
export type ServerKind =
  | 'redis'
  | 'redis-cluster'
  | 'redis-sentinel'
  | 'postgres'
  | 'mysql'
  | 'sqlite';

/** An open storage. */
export interface OpenedSubject {
  readonly storage: SessionStorage;
  close(): Promise<void>;
}

/** FAULT_REDIS=redis-4 and redis-6 choose another release of node-redis for all that is not over a Keyv. */
const loadRedis = async (): Promise<typeof import('redis')> =>
  import(process.env.FAULT_REDIS ?? 'redis');

type Open = (url: string, deadline: number) => Promise<OpenedSubject>;

interface Subject {
  readonly server: ServerKind;
  /** It is there to compare with: its faults are those of a driver. */
  readonly isToCompare?: true;
  /** Another one takes the same way to its store: it is for the long version. */
  readonly isLikeAnother?: true;
  readonly open: Open;
}

/** @param load Loads the driver before the first call, which may wait long for it on a busy machine. */
const opened =
  (load: () => Promise<unknown>): Open =>
  async (url, deadline) => {
    await load();
    const { openSessionStorage } = await import('../../src/open/index.js');
    const storage = openSessionStorage(url, { deadline });
    return { storage, close: () => storage.disconnect() };
  };

const overKeyv =
  (make: (url: string, deadline: number) => Promise<KeyvLike>): Open =>
  async (url, deadline) => {
    const storage = new KeyvSessionStorage(await make(url, deadline), { deadline });
    return { storage, close: () => storage.disconnect() };
  };

const redisAdapter = async (url: string) => new (await import('@keyv/redis')).default(url);

type MakeClient<C extends AppClient> = (
  redis: typeof import('redis'),
  url: string,
  deadline: number,
) => C;

/** A client that the app has open, and which it closes itself. */
const overClient =
  <C extends AppClient>(
    make: MakeClient<C>,
    openOver: (client: C, deadline: number) => Promise<ClosableStorage> = overOurs,
  ): Open =>
  async (url, deadline) => {
    const client = make(await loadRedis(), url, deadline);
    client.on('error', () => {});
    // An app waits for it when it starts, though not for ever.
    const connecting = Promise.resolve(client.connect()).catch(() => {});
    await Promise.race([connecting, pause(deadline, undefined, { ref: false })]);
    const storage = await openOver(client, deadline);
    return {
      storage,
      async close() {
        await storage.disconnect?.();
        if (!client.isOpen) return;
        if (client.destroy === undefined) await client.disconnect?.();
        else await client.destroy();
      },
    };
  };

interface ClosableStorage extends SessionStorage {
  disconnect?(): Promise<void>;
}

const overOurs = async (client: object, deadline: number) =>
  (await import('../../src/open/index.js')).openSessionStorage(client, { deadline });

/** The driver alone. */
const plain = async (client: AppClient & PlainRedis) =>
  new (await import('./plain-storage.js')).PlainRedisStorage(client);

interface AppClient {
  readonly isOpen: boolean;
  on(event: 'error', listener: () => void): unknown;
  connect(): unknown;
  destroy?(): unknown;
  /** In node-redis 4. */
  disconnect?(): unknown;
}

/**
 * @param urls Those of all nodes, with spaces between them. `#announced=host:port` is where a node says that
 * it is, if that is elsewhere.
 */
export const clusterOptions = (urls: string) => {
  const nodes = urls.split(' ').map((url) => new URL(url));
  const nodeAddressMap: Record<string, { host: string; port: number }> = {};
  for (const { hash, hostname: host, port } of nodes) {
    const [, announced] = hash.split('=');
    if (announced !== undefined) nodeAddressMap[announced] = { host, port: Number(port) };
  }
  const rootNodes = nodes.map(({ protocol, host }) => ({ url: `${protocol}//${host}` }));
  return { rootNodes, nodeAddressMap };
};

/**
 * With the options that docs/stores.md recommends.
 *
 * @param url Of the form `sentinel://host:port/master`.
 */
const sentinelOptions = (url: string, deadline: number) => {
  const { hostname: host, port, pathname } = new URL(url);
  const heals = {
    pingInterval: deadline / 2,
    socket: { socketTimeout: deadline, reconnectStrategy: false as const },
  };
  return {
    name: pathname.slice(1),
    sentinelRootNodes: [{ host, port: Number(port) }],
    sentinelClientOptions: heals,
    nodeClientOptions: heals,
  };
};

/** It takes a schema as an option, not from the URL. */
const postgresAdapter = async (url: string, options: object = {}) => {
  const schema = new URL(url).searchParams.get('schema');
  const { default: KeyvPostgres } = await import('@keyv/postgres');
  return new KeyvPostgres({ uri: url, ...options, ...(schema === null ? {} : { schema }) });
};

/** With the options that docs/stores.md recommends. */
const recommended = (deadline: number) => ({
  connectionTimeoutMillis: deadline,
  query_timeout: deadline,
  idleTimeoutMillis: 1,
});

const subjects = {
  'openSessionStorage, Redis': {
    server: 'redis',
    open: opened(() => {
      useImports({ redis: loadRedis });
      return loadRedis();
    }),
  },
  'openSessionStorage, PostgreSQL': { server: 'postgres', open: opened(() => import('pg')) },
  'openSessionStorage, MySQL': { server: 'mysql', open: opened(() => import('mysql2/promise')) },
  'openSessionStorage, SQLite': { server: 'sqlite', open: opened(async () => {}) },
  'Keyv 5, @keyv/redis': {
    server: 'redis',
    open: overKeyv(async (url) => new (await import('keyv')).Keyv(await redisAdapter(url))),
  },
  'Keyv 6, @keyv/redis': {
    server: 'redis',
    isLikeAnother: true,
    open: overKeyv(async (url) => new (await import('keyv-6')).Keyv(await redisAdapter(url))),
  },
  'Keyv 5, @keyv/valkey': {
    server: 'redis',
    isLikeAnother: true,
    open: overKeyv(async (url) => {
      const { default: KeyvValkey } = await import('@keyv/valkey');
      return new (await import('keyv')).Keyv(new KeyvValkey(url));
    }),
  },
  'openSessionStorage over a Redis client': {
    server: 'redis',
    isLikeAnother: true,
    // What a client asks when it connects hides that its replies have got out of step.
    open: overClient(({ createClient }, url) => createClient({ url, disableClientInfo: true })),
  },
  'Keyv 5, @keyv/valkey on a cluster': {
    server: 'redis-cluster',
    isLikeAnother: true,
    open: overKeyv(async (urls) => {
      const { default: KeyvValkey } = await import('@keyv/valkey');
      const { Cluster } = await import('iovalkey');
      const { rootNodes, nodeAddressMap } = clusterOptions(urls);
      const nodes = rootNodes.map(({ url }) => url);
      const cluster = new Cluster(nodes, { natMap: nodeAddressMap, lazyConnect: true });
      return new (await import('keyv')).Keyv(new KeyvValkey(cluster));
    }),
  },
  'Keyv 5, @keyv/valkey behind sentinels': {
    server: 'redis-sentinel',
    isLikeAnother: true,
    open: overKeyv(async (url) => {
      const { default: KeyvValkey } = await import('@keyv/valkey');
      const { name, sentinelRootNodes: sentinels } = sentinelOptions(url, 0);
      return new (await import('keyv')).Keyv(new KeyvValkey({ sentinels, name }));
    }),
  },
  'openSessionStorage over a pool of Redis clients': {
    server: 'redis',
    isLikeAnother: true,
    open: overClient(({ createClientPool }, url) => createClientPool({ url })),
  },
  'openSessionStorage over a cluster client': {
    server: 'redis-cluster',
    isLikeAnother: true,
    open: overClient(({ createCluster }, urls) => createCluster(clusterOptions(urls))),
  },
  'Keyv 5, @keyv/redis on a cluster': {
    server: 'redis-cluster',
    isLikeAnother: true,
    open: overKeyv(async (urls) => {
      const { default: KeyvRedis } = await import('@keyv/redis');
      return new (await import('keyv')).Keyv(new KeyvRedis(clusterOptions(urls)));
    }),
  },
  'openSessionStorage over a client for sentinels': {
    server: 'redis-sentinel',
    isLikeAnother: true,
    open: overClient(({ createSentinel }, url, deadline) =>
      createSentinel(sentinelOptions(url, deadline)),
    ),
  },
  'Keyv 5, @keyv/redis behind sentinels': {
    server: 'redis-sentinel',
    isLikeAnother: true,
    open: overKeyv(async (url, deadline) => {
      const { default: KeyvRedis } = await import('@keyv/redis');
      return new (await import('keyv')).Keyv(new KeyvRedis(sentinelOptions(url, deadline)));
    }),
  },
  'Keyv 5, @keyv/postgres': {
    server: 'postgres',
    open: overKeyv(async (url, deadline) => {
      const { Keyv } = await import('keyv');
      return new Keyv(await postgresAdapter(url, recommended(deadline)));
    }),
  },
  'Keyv 6, @keyv/postgres': {
    server: 'postgres',
    isLikeAnother: true,
    open: overKeyv(async (url, deadline) => {
      const { Keyv } = await import('keyv-6');
      return new Keyv(await postgresAdapter(url, recommended(deadline)));
    }),
  },
  'Keyv 5, @keyv/postgres without options': {
    server: 'postgres',
    isToCompare: true,
    open: overKeyv(async (url) => new (await import('keyv')).Keyv(await postgresAdapter(url))),
  },
  'plain storage over a client for sentinels': {
    server: 'redis-sentinel',
    isToCompare: true,
    open: overClient(
      ({ createSentinel }, url, deadline) => createSentinel(sentinelOptions(url, deadline)),
      plain,
    ),
  },
  'plain storage over a client for sentinels without limits': {
    server: 'redis-sentinel',
    isToCompare: true,
    open: overClient(({ createSentinel }, url, deadline) => {
      const { name, sentinelRootNodes } = sentinelOptions(url, deadline);
      return createSentinel({ name, sentinelRootNodes });
    }, plain),
  },
  'plain storage over a cluster client': {
    server: 'redis-cluster',
    isToCompare: true,
    open: overClient(({ createCluster }, urls) => createCluster(clusterOptions(urls)), plain),
  },
  'official Redis': {
    server: 'redis',
    isToCompare: true,
    async open(url) {
      const { RedisSessionStorage } = await import('@shopify/shopify-app-session-storage-redis');
      const storage = new RedisSessionStorage(url);
      return { storage, close: () => storage.disconnect() };
    },
  },
  'official PostgreSQL': {
    server: 'postgres',
    isToCompare: true,
    async open(url) {
      const { PostgreSQLSessionStorage } = await import(
        '@shopify/shopify-app-session-storage-postgresql'
      );
      const storage = new PostgreSQLSessionStorage(new URL(url));
      return { storage, close: () => storage.disconnect() };
    },
  },
  'official MySQL': {
    server: 'mysql',
    isToCompare: true,
    async open(url) {
      const { MySQLSessionStorage } = await import('@shopify/shopify-app-session-storage-mysql');
      const storage = new MySQLSessionStorage(new URL(url));
      return { storage, close: () => storage.disconnect() };
    },
  },
} satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

export const subjectNames = Object.keys(subjects) as SubjectName[];

/** The kind of server that a subject needs. */
export const serverOf = (name: SubjectName): ServerKind => subjectOf(name).server;

/** Whether a subject is there to compare with, and nothing is expected of it. */
export const isToCompare = (name: SubjectName): boolean => subjectOf(name).isToCompare === true;

/** Whether a subject belongs into every run of the tests. */
export const isInEachRun = (name: SubjectName): boolean => subjectOf(name).isLikeAnother !== true;

const subjectOf = (name: SubjectName): Subject => subjects[name];

/** Opens a subject over the store at `url`. */
export function openSubject(
  name: SubjectName,
  url: string,
  deadline: number,
): Promise<OpenedSubject> {
  return subjects[name].open(url, deadline);
}
