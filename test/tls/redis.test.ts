// Redis over TLS: what an app's client says of it is what the connections of our own do.
import { readFile } from 'node:fs/promises';
import KeyvRedis from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import { Redis as Valkey } from 'iovalkey';
import { Keyv } from 'keyv';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { createClient as createClient4, createCluster as createCluster4 } from 'redis-4';
import { createClient as createClient6, createCluster as createCluster6 } from 'redis-6';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { KeyvSessionStorage, StoreUnavailableError } from '../../src/index.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import {
  type Certificates,
  canMakeCertificates,
  makeCertificates,
} from '../servers/certificates.js';
import { canStartRedis } from '../servers/redis.js';
import { type OwnRedisCluster, startRedisCluster } from '../servers/redis-cluster.js';
import { startRedisSentinel } from '../servers/redis-sentinel.js';
import {
  deadline,
  expectService,
  failureOf,
  opened,
  refusedCertificates,
  unknownAuthority,
} from './storages.js';
import {
  password,
  redisArguments,
  redisSettings,
  startTlsRedis,
  type TlsRedis,
} from './tls-servers.js';

const runs = canStartRedis() && canMakeCertificates();

let certificates: Certificates;
let ca: string;
beforeAll(async () => {
  if (!runs) return;
  certificates = await makeCertificates();
  ca = await readFile(certificates.authority, 'utf8');
});
afterAll(() => certificates?.remove());

const user = { username: 'app', password };

interface SocketOptions {
  readonly tls: true;
  readonly ca: string;
  readonly servername?: string;
}
type MakeClient = (options: { url: string; socket: SocketOptions }) => Closable;
type MakeCluster = (options: {
  rootNodes: { url: string }[];
  defaults: { socket: SocketOptions };
}) => Closable;

const releases: Readonly<Record<string, MakeClient>> = {
  'node-redis 4': createClient4,
  'node-redis 5': createClient,
  'node-redis 6': createClient6,
};
const clusters: Readonly<Record<string, MakeCluster>> = {
  'node-redis 4': createCluster4,
  'node-redis 5': createCluster,
  'node-redis 6': createCluster6,
};

interface Closable {
  on(event: 'error', listener: () => void): unknown;
}

/** An app listens to its client. */
function listenedTo<Client extends Closable>(client: Client): Client {
  client.on('error', () => {});
  return client;
}

describe.skipIf(!runs)('one server', () => {
  let server: TlsRedis;
  beforeAll(async () => {
    server = await startTlsRedis(certificates);
  });
  afterAll(() => server?.stop());

  /** The connections of `app` that are open, each with whether it is one of TLS. */
  async function connectionsOfApp(): Promise<boolean[]> {
    const list = String(await server.redis.command(['CLIENT', 'LIST']));
    const own = list.split('\n').filter((line) => line.includes(' user=app '));
    return own.map((line) => line.includes(` laddr=127.0.0.1:${server.port} `));
  }

  async function expectTls(storage: Parameters<typeof expectService>[0]): Promise<void> {
    await expectService(storage);
    const open = await connectionsOfApp();
    expect(open.length).toBeGreaterThan(0);
    expect(open).not.toContain(false);
  }

  test.each(Object.entries(releases))('over a client of %s', async (_, create) => {
    const client = listenedTo(create({ url: server.url, socket: { tls: true, ca } }));
    await expectTls(opened(client));
  });

  test('over a client without a URL, which is connected', async () => {
    const client = listenedTo(
      createClient({
        ...user,
        socket: { host: '127.0.0.1', port: server.port, tls: true, ca },
      }),
    );
    await client.connect();
    onTestFinished(() => client.destroy());
    await expectTls(opened(client));
  });

  test('over a pool of clients', async () => {
    const pool = listenedTo(createClientPool({ url: server.url, socket: { tls: true, ca } }));
    await pool.connect();
    onTestFinished(() => pool.destroy());
    await expectTls(opened(pool));
  });

  test('over a Keyv of @keyv/redis', async () => {
    const adapter = new KeyvRedis({ url: server.url, socket: { tls: true, ca } });
    const storage = new KeyvSessionStorage(new Keyv(adapter), { deadline });
    onTestFinished(() => storage.disconnect());
    await expectTls(storage);
  });

  test('over a Keyv of @keyv/valkey', async () => {
    const address = { host: 'localhost', port: server.port, lazyConnect: true };
    const client = new Valkey({ ...address, ...user, tls: { ca } });
    const storage = new KeyvSessionStorage(new Keyv(new KeyvValkey(client)), { deadline });
    onTestFinished(() => storage.disconnect());
    await expectTls(storage);
  });

  test('over a client for sentinels, which reach the server over TLS', async () => {
    const files = await certificates.filesFor('sentinel');
    const lines = redisSettings(files, certificates).map((setting) => setting.join(' '));
    const own = ['tls-replication yes', ...lines];
    const sentinel = await startRedisSentinel(server.port, own);
    onTestFinished(() => sentinel.stop());
    const limits = { socketTimeout: 2000, reconnectStrategy: false } as const;
    const client = listenedTo(
      createSentinel({
        name: sentinel.master,
        sentinelRootNodes: [{ host: '127.0.0.1', port: sentinel.port }],
        sentinelClientOptions: { socket: limits },
        nodeClientOptions: { ...user, socket: { ...limits, tls: true, ca } },
      }),
    );
    await client.connect();
    onTestFinished(() => client.destroy());
    await expectTls(opened(client));
  });

  describe('a certificate that is not to be trusted is refused, whatever the app trusts else', () => {
    test('of an authority that the client does not know', async () => {
      const words = await failureOf(opened(listenedTo(createClient({ url: server.url }))));
      expect(words).toMatch(unknownAuthority);
      expect(words).toContain('NODE_EXTRA_CA_CERTS');
    });

    test('over a URL as well', async () => {
      const words = await failureOf(opened(server.url));
      expect(words).toMatch(unknownAuthority);
      expect(words).toContain('NODE_EXTRA_CA_CERTS');
    });

    test.each(refusedCertificates)('%s', async (name, says, advises) => {
      await server.present(name);
      onTestFinished(() => server.present('trusted'));
      for (const create of Object.values(releases)) {
        const client = listenedTo(create({ url: server.url, socket: { tls: true, ca } }));
        const words = await failureOf(opened(client));
        expect(words).toMatch(says);
        expect(words).toContain(advises);
      }
    });

    test('and is taken where the client says that it is for a name of its own', async () => {
      await server.present('otherHost');
      onTestFinished(() => server.present('trusted'));
      for (const create of Object.values(releases)) {
        const socket = { tls: true, ca, servername: 'sessions.example' } as const;
        await expectTls(opened(listenedTo(create({ url: server.url, socket }))));
      }
    });

    test('and is taken where the client does not check it', async () => {
      await server.present('selfSigned');
      onTestFinished(() => server.present('trusted'));
      const socket = { tls: true, rejectUnauthorized: false } as const;
      await expectTls(opened(listenedTo(createClient({ url: server.url, socket }))));
    });
  });

  test('without TLS at the port for it: the error says so', async () => {
    const words = await failureOf(opened(server.url.replace('rediss:', 'redis:')));
    expect(words).toContain('rediss:');
  });

  test('with TLS at the port without: the error says so', async () => {
    // It waits for the end of what it takes for a command.
    const storage = opened(`rediss://localhost:${server.redis.port}`, 300);
    await expect(storage.loadSession('a')).rejects.toThrow('or speaks no TLS there');
  });

  test.each([0, 1])(
    'a network that goes silent in the handshake, after %i pieces',
    async (pieces) => {
      const network = await TcpProxy.start(server.port);
      onTestFinished(() => network.stop());
      const socket = { tls: true, ca } as const;
      const client = listenedTo(createClient({ url: network.through(server.url), socket }));
      const storage = opened(client, 500);
      network.silenceAfter(pieces);
      await expect(storage.loadSession('a')).rejects.toThrow(StoreUnavailableError);
      await network.restore();
      // It has two deadlines to come back.
      await storage.loadSession('a').catch(() => {});
      expect(await storage.loadSession('a')).toBeUndefined();
    },
  );
});

describe.skipIf(!runs)('a cluster that speaks TLS among its nodes too', () => {
  let cluster: OwnRedisCluster;
  beforeAll(async () => {
    const files = await certificates.filesFor('cluster');
    cluster = await startRedisCluster(3, redisArguments(files, certificates));
  });
  afterAll(() => cluster?.stop());

  const rootNodes = () => cluster.tlsPorts.map((port) => ({ url: `rediss://127.0.0.1:${port}` }));

  /** Sessions on every node, and no connection of ours without TLS. */
  async function expectTls(storage: Parameters<typeof expectService>[0]): Promise<void> {
    await expectService(storage);
    const ids = Array.from({ length: 20 }, (_, n) => `offline_${n}`);
    await Promise.all(ids.map((id) => storage.loadSession(id)));
    for (const [at, node] of cluster.nodes.entries()) {
      const list = String(await node.command(['CLIENT', 'LIST', 'TYPE', 'normal']));
      const ports = [...list.matchAll(/ laddr=127\.0\.0\.1:(\d+) /g)].map(([, port]) =>
        Number(port),
      );
      // Beside the one that has asked this.
      expect(ports.filter((port) => port === cluster.tlsPorts[at]).length).toBeGreaterThan(0);
      expect(ports.filter((port) => port === node.port)).toHaveLength(1);
    }
  }

  test.each(Object.entries(clusters))('over a cluster client of %s', async (_, create) => {
    const defaults = { socket: { tls: true, ca } } as const;
    await expectTls(opened(listenedTo(create({ rootNodes: rootNodes(), defaults }))));
  });

  test('over a Keyv of @keyv/redis', async () => {
    const options = { rootNodes: rootNodes(), defaults: { socket: { tls: true, ca } as const } };
    const storage = new KeyvSessionStorage(new Keyv(new KeyvRedis(options)), { deadline });
    onTestFinished(() => storage.disconnect());
    await expectTls(storage);
  });

  test('an authority that the client does not know: the error says so', async () => {
    const words = await failureOf(opened(listenedTo(createCluster({ rootNodes: rootNodes() }))));
    expect(words).toMatch(unknownAuthority);
    expect(words).toContain('NODE_EXTRA_CA_CERTS');
  });
});
