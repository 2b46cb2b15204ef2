// copy from a store onto itself would copy nothing and call that verified: however the two names differ, one
// store is refused, and two are not.
import { createPool } from 'mysql2/promise';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readStoreAddress } from '../../src/cli/store-address.js';
import { identitiesOf } from '../../src/cli/store-identity.js';
import { uniqueName } from '../conformance/backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { sharedServer } from '../servers/shared.js';
import { type Program, packedProgram } from './program.js';
import { oldKey, storeSessions } from './scene.js';

let program: Program;
beforeAll(async () => {
  program = await packedProgram();
});

const copy = (from: string, to: string, ...args: string[]) =>
  program.run(['copy', '--from', from, '--to', to, ...args]);

/** The same server by another name of its host. */
function renamed(url: string): string {
  const { host } = new URL(url);
  const other = host.replace(/^(127\.0\.0\.1|localhost)/, (name) =>
    name === 'localhost' ? '127.0.0.1' : 'localhost',
  );
  return url.replace(host, other);
}

const servers = {
  postgres: sharedServer('postgres'),
  mysql: sharedServer('mysql'),
  redis: sharedServer('redis'),
};

async function postgresDatabase(): Promise<string> {
  const url = await createPostgresDatabase(String(servers.postgres));
  onTestFinished(() => dropPostgresDatabase(url));
  return url;
}

async function mysqlDatabase(): Promise<string> {
  const name = uniqueName();
  const pool = createPool(String(servers.mysql));
  await pool.query(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await pool.query(`DROP DATABASE ${name}`);
    await pool.end();
  });
  return Object.assign(new URL(String(servers.mysql)), { pathname: `/${name}` }).href;
}

/** In Redis, a prefix of its own. */
async function redisPrefix(): Promise<string> {
  const [url, prefix] = [String(servers.redis), uniqueName()];
  onTestFinished(() => removeRedisKeys(url, `${prefix}*`));
  return `${url}?prefix=${prefix}`;
}

describe.each([
  { kind: 'PostgreSQL', runs: servers.postgres !== undefined, newStore: postgresDatabase },
  { kind: 'MySQL', runs: servers.mysql !== undefined, newStore: mysqlDatabase },
  { kind: 'Redis', runs: servers.redis !== undefined, newStore: redisPrefix },
])('copy in $kind', ({ runs, newStore }) => {
  it.skipIf(!runs)('refuses one store under two names of its host', async () => {
    const url = await newStore();
    await storeSessions(url, 2, oldKey);

    const { code, stdout, stderr } = await copy(url, renamed(url));

    expect(stderr).toContain('--from and --to are the same store');
    expect(code).toBe(2);
    expect(stdout).not.toContain('Verified');
  });

  it.skipIf(!runs)('takes two stores of one server', async () => {
    const [from, to] = [await newStore(), await newStore()];
    await storeSessions(from, 2, oldKey);

    const { code, stdout, stderr } = await copy(from, renamed(to));

    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Copied +2$/m);
    expect(stdout).not.toContain('Nothing was copied');
  });
});

describe('copy in Redis', () => {
  it.skipIf(servers.redis === undefined)(
    'refuses one prefix that the URL names, and an option',
    async () => {
      const url = await redisPrefix();
      await storeSessions(url, 1, oldKey);
      const [server = '', prefix = ''] = url.split('?prefix=');

      const { code, stderr } = await copy(url, server, '--to-table', prefix);

      expect(stderr).toContain('--from and --to are the same store');
      expect(code).toBe(2);
    },
  );
});

describe('a server that does not say which it is', () => {
  const identities = (url: string) => {
    const address = readStoreAddress(url, 'from');
    const { table = 'shopify_session_records' } = address;
    return identitiesOf(address, { layout: 'records', table }, undefined);
  };
  const isOne = (from: string, to: string) =>
    identities(from).some((identity) => identities(to).includes(identity));

  it.each([
    ['postgres://u:p@Host/app', 'postgresql://u:p@host:5432/app?sslmode=disable'],
    ['postgres://u:p@host', 'postgres://u:p@host/u'],
    ['postgres://u:p@host/app', 'postgres://other:p@host/app'],
    ['mysql://u:p@host/app', 'mariadb://u:p@host:3306/app?charset=utf8mb4'],
    ['redis://host', 'rediss://host:6379/0'],
    ['redis://host', 'redis://host/?prefix=shopify-session'],
  ])('is known by its address: %s and %s', (from, to) => {
    expect(isOne(from, to)).toBe(true);
  });

  it.each([
    ['postgres://u:p@host/app', 'postgres://u:p@host:5433/app'],
    ['postgres://u:p@host', 'postgres://other:p@host'],
    ['postgres://u:p@host/app', 'postgres://u:p@host/App'],
    ['postgres://u:p@/app?host=/run/a', 'postgres://u:p@/app?host=/run/b'],
    ['postgres://u:p@host/app', 'postgres://u:p@host/app?prefix=other'],
    ['mysql://u:p@host/app', 'mysql://u:p@host/app2'],
    ['mysql://u:p@host/app?socket=/run/a', 'mysql://u:p@host/app?socket=/run/b'],
    ['redis://host/0', 'redis://host/1'],
    ['redis://host', 'redis://host?prefix=other'],
  ])('is told from others: %s and %s', (from, to) => {
    expect(isOne(from, to)).toBe(false);
  });
});
