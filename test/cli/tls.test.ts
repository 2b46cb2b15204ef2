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

/** In a process of its own, as Node.js reads this variable when it starts. */
const runKnowing = (args: readonly string[]) => {
  const env = { ...bothKeys, NODE_EXTRA_CA_CERTS: certificates.authority };
  return program.run(args, { env, alone: true });
};
const run = (args: readonly string[]) => program.run(args, { env: bothKeys });

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
    const url = server.url + kind.query;
    const copied = await runKnowing(['copy', '--from', await storeOnOldKey(3), '--to', url]);
    expect(copied.code, copied.stderr).toBe(0);
    const rotated = await runKnowing(['rotate', '--store', url]);
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(rotated.stdout).toMatch(/^Sessions +3$/m);
    expect(copied.stderr + rotated.stderr).not.toMatch(/SECURITY WARNING|Ignoring invalid/);
  });

  it('is refused with a certificate of an authority that is not known', async () => {
    expectFailure(await run(['status', '--store', server.url + kind.query]), 'NODE_EXTRA_CA_CERTS');
  });

  // mysql2 has one code for all.
  it.runIf(kind.name === 'MySQL').each([
    ['expired', 'Its certificate has expired'],
    ['otherHost', 'Its certificate is for another host'],
  ] as const)('is refused with a certificate that is %s', async (name, words) => {
    await server.present(name);
    onTestFinished(() => server.present('trusted'));
    expectFailure(await runKnowing(['status', '--store', server.url + kind.query]), words);
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
