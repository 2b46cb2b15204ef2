// PostgreSQL and MySQL over TLS, as the URL says it and as the app's own pool does.
import { readFile } from 'node:fs/promises';
import { createConnection, createPool, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../../src/index.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import {
  type Certificates,
  canMakeCertificates,
  makeCertificates,
} from '../servers/certificates.js';
import { canStartMysql } from '../servers/mysql.js';
import { canStartPostgres } from '../servers/postgres.js';
import {
  expectService,
  failureOf,
  opened,
  refusedCertificates,
  unknownAuthority,
} from './storages.js';
import { startTlsMysql, startTlsPostgres, type TlsSqlServer } from './tls-servers.js';

let certificates: Certificates;
let ca: string;
beforeAll(async () => {
  if (!canMakeCertificates()) return;
  certificates = await makeCertificates();
  ca = await readFile(certificates.authority, 'utf8');
});
afterAll(() => certificates?.remove());

interface Kind {
  readonly name: string;
  readonly runs: boolean;
  start(): Promise<TlsSqlServer>;
  /** The query of a URL that has the certificate checked against the authority of the test. */
  checked(): string;
  /** Of one that knows of no authority but those that Node.js does. */
  readonly plainly: string;
  /** Of one that encrypts, and checks nothing. */
  readonly unchecked: string;
  /** A pool of the app's, and what closes it. */
  pool(url: string): { end(): Promise<unknown> };
}

const kinds: readonly Kind[] = [
  {
    name: 'PostgreSQL',
    runs: canStartPostgres() && canMakeCertificates(),
    start: () => startTlsPostgres(certificates),
    checked: () => `sslmode=verify-full&sslrootcert=${encodeURIComponent(certificates.authority)}`,
    plainly: 'sslmode=require',
    unchecked: 'sslmode=no-verify',
    pool: (connectionString) => new pg.Pool({ connectionString, ssl: { ca } }),
  },
  {
    name: 'MySQL',
    runs: canStartMysql() && canMakeCertificates(),
    start: () => startTlsMysql(certificates),
    checked: () => `ssl=${encodeURIComponent(JSON.stringify({ ca, verifyIdentity: true }))}`,
    plainly: 'ssl={}',
    unchecked: 'ssl={"rejectUnauthorized":false}',
    pool: (uri) => createPool({ uri, ssl: { ca, verifyIdentity: true } }),
  },
];

test.runIf(kinds[0]?.runs)(
  'a file of PostgreSQL that is not there: the error says so',
  async () => {
    const words = await failureOf(opened('postgres://app@localhost/app?sslrootcert=/no/ca.pem'));
    expect(words).toContain('A file that the URL names, as for a certificate, cannot be read');
  },
);

describe.each(kinds.filter(({ runs }) => runs))('$name', (kind) => {
  const { start, checked, plainly, unchecked, pool } = kind;
  let server: TlsSqlServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  const at = (query: string) => `${server.url}?${query}`;

  test('over a URL', async () => {
    await server.insist(true);
    onTestFinished(() => server.insist(false));
    await expectService(opened(at(checked())));
    await expectService(opened(at(unchecked)));
  });

  test("over the app's own pool", async () => {
    await server.insist(true);
    onTestFinished(() => server.insist(false));
    const own = pool(server.url);
    onTestFinished(async () => void (await own.end()));
    await expectService(opened(own));
  });

  test('without TLS where the server insists on it: the error says so', async () => {
    await server.insist(true);
    onTestFinished(() => server.insist(false));
    // MariaDB says no more than that the user is refused.
    expect(await failureOf(opened(server.url))).toMatch(
      /It takes only connections with TLS|whether it wants TLS/,
    );
  });

  test('of an authority that is not known: the error says what to do', async () => {
    const words = await failureOf(opened(at(plainly)));
    expect(words).toMatch(unknownAuthority);
    expect(words).toContain('NODE_EXTRA_CA_CERTS');
  });

  test.each(refusedCertificates)(
    'a certificate that is %s is refused',
    async (name, says, advises) => {
      await server.present(name);
      onTestFinished(() => server.present('trusted'));
      for (const store of [at(checked()), pool(server.url)]) {
        if (typeof store !== 'string') onTestFinished(async () => void (await store.end()));
        const words = await failureOf(opened(store));
        expect(words).toMatch(says);
        expect(words).toContain(advises);
      }
      await expectService(opened(at(unchecked)));
    },
  );

  test.each([0, 1, 2])(
    'a network that goes silent in the handshake, after %i pieces',
    async (pieces) => {
      const network = await TcpProxy.start(server.port);
      onTestFinished(() => network.stop());
      const storage = opened(network.through(at(checked())), 500);
      network.silenceAfter(pieces);
      await expect(storage.loadSession('a')).rejects.toThrow(StoreUnavailableError);
      await network.restore();
      // It has two deadlines to come back.
      await storage.loadSession('a').catch(() => {});
      expect(await storage.loadSession('a')).toBeUndefined();
    },
  );

  test.runIf(kind.name === 'MySQL')(
    'the socket that a URL of Prisma names is used for MySQL',
    async () => {
      const client = await createConnection(server.url);
      const [rows] = await client.query<RowDataPacket[]>('SELECT @@socket AS path');
      await client.end();
      const url = server.url.replace(String(server.port), '1');
      await expectService(opened(`${url}?socket=${rows[0]?.path}&connection_limit=3`));
    },
  );
});
