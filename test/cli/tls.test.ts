// The command line over TLS: what it serves, and what it says where a certificate or the other side will not do.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Certificates,
  canMakeCertificates,
  makeCertificates,
} from '../servers/certificates.js';
import { canStartMysql } from '../servers/mysql.js';
import { canStartPostgres } from '../servers/postgres.js';
import { canStartRedis } from '../servers/redis.js';
import {
  password,
  startTlsMysql,
  startTlsPostgres,
  startTlsRedis,
  type TlsServer,
} from '../tls/tls-servers.js';
import { type Outcome, type Program, packedProgram } from './program.js';
import { bothKeys, storeOnOldKey } from './scene.js';

let program: Program;
let certificates: Certificates;
beforeAll(async () => {
  program = await packedProgram();
  if (canMakeCertificates()) certificates = await makeCertificates();
});
afterAll(() => certificates?.remove());

/** In a process of its own: Node.js reads this variable when it starts. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  program.run(args, { env: { ...bothKeys, ...env }, alone: true });

function expectFailure({ code, stdout, stderr }: Outcome, words: string): void {
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/un it again|SECURITY WARNING|Ignoring invalid|\n\s+at /);
  expect(stdout + stderr).not.toContain(password);
  expect(code).toBe(3);
}

const kinds = [
  { name: 'Redis', runs: canStartRedis(), start: startTlsRedis, query: '' },
  {
    name: 'PostgreSQL',
    runs: canStartPostgres(),
    start: startTlsPostgres,
    query: '?sslmode=require&pgbouncer=true&connection_limit=5&pool_timeout=2&schema=public',
  },
  {
    name: 'MySQL',
    runs: canStartMysql(),
    start: startTlsMysql,
    query: '?ssl={"verifyIdentity":true}&sslaccept=strict&connection_limit=5&reconnect=true',
  },
];

describe.each(kinds.filter(({ runs }) => runs && canMakeCertificates()))('$name', (kind) => {
  let server: TlsServer;
  beforeAll(async () => {
    server = await kind.start(certificates);
  });
  afterAll(() => server?.stop());

  it('is copied to and rotated, with the authority in NODE_EXTRA_CA_CERTS', async () => {
    const known = { NODE_EXTRA_CA_CERTS: certificates.authority };
    const url = server.url + kind.query;
    const copied = await run(['copy', '--from', await storeOnOldKey(3), '--to', url], known);
    expect(copied.code, copied.stderr).toBe(0);
    const rotated = await run(['rotate', '--store', url], known);
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(rotated.stdout).toMatch(/^Sessions +3$/m);
    expect(rotated.stderr).not.toMatch(/warning|ignoring/i);
    const from = await run(['status', '--store', url, '--expect-primary'], known);
    expect(from.code, from.stderr).toBe(0);
  });

  it('is refused with a certificate of an authority that is not known', async () => {
    expectFailure(await run(['status', '--store', server.url + kind.query]), 'NODE_EXTRA_CA_CERTS');
  });

  it('is refused with a certificate that has expired, and with one for another host', async () => {
    const known = { NODE_EXTRA_CA_CERTS: certificates.authority };
    onTestFinished(() => server.present('trusted'));
    await server.present('expired');
    const expired = await run(['status', '--store', server.url + kind.query], known);
    expectFailure(expired, 'Its certificate has expired');
    await server.present('otherHost');
    const other = await run(['status', '--store', server.url + kind.query], known);
    expectFailure(other, 'Its certificate is for another host');
  });
});

describe.skipIf(!canStartRedis() || !canMakeCertificates())(
  'a Redis that is reached otherwise',
  () => {
    it('is said to want TLS, or to speak none', async () => {
      const server = await startTlsRedis(certificates);
      onTestFinished(() => server.stop());
      const without = await run(['status', '--store', server.url.replace('rediss:', 'redis:')]);
      expectFailure(without, "whether the URL has the options of the app's, such as for TLS");
      const url = `rediss://app:${password}@localhost:${server.redis.port}?deadline=300`;
      const withTls = await run(['status', '--store', url]);
      expectFailure(withTls, 'If the server speaks no TLS, write redis: in place of rediss:.');
    });
  },
);

it('an option for TLS that the driver would ignore is wrong usage, and nothing is sent', async () => {
  const url = `mysql://app:${password}@127.0.0.1:1/app?ssl-mode=REQUIRED`;
  const { code, stderr } = await run(['status', '--store', url]);
  expect(stderr).toContain('?ssl-mode= in the URL asks for TLS');
  expect(stderr).not.toContain(password);
  expect(code).toBe(2);
});
