// Sessions are copied to a Prisma client's database, which does not take some of them.
import { Session } from '@shopify/shopify-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copySessions } from '../../src/copying/index.js';
import type { SessionCatalog, SessionLike } from '../../src/index.js';
import { prismaBackend } from '../catalogs/backends/official-prisma.js';
import {
  prismaMysqlBackend,
  prismaPostgresqlBackend,
} from '../catalogs/backends/official-prisma-on-servers.js';
import { sharedServer } from '../servers/shared.js';

const backends = [
  {
    backend: prismaBackend,
    constraints: [
      'CREATE UNIQUE INDEX one_session ON Session (shop)',
      `CREATE TRIGGER no_bad_state BEFORE INSERT ON Session WHEN NEW.state = 'bad'
       BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: state'); END`,
    ],
  },
  {
    backend: prismaMysqlBackend,
    constraints: [
      'ALTER TABLE Session ADD UNIQUE one_session (shop(100))',
      "ALTER TABLE Session ADD CONSTRAINT no_bad_state CHECK (state <> 'bad')",
    ],
  },
  {
    backend: prismaPostgresqlBackend,
    constraints: [
      'CREATE UNIQUE INDEX one_session ON "app sessions" (shop)',
      `ALTER TABLE "app sessions" ADD CONSTRAINT no_bad_state CHECK (state <> 'bad')`,
    ],
  },
];

interface Client {
  $executeRawUnsafe(sql: string): Promise<unknown>;
}

const shop = (n: number) => `shop-${n}.myshopify.com`;
const sessionNumber = (n: number, own: object = {}) =>
  new Session({
    ...{ id: `offline_${shop(n)}`, shop: shop(n), state: 's', isOnline: false },
    ...{ accessToken: `token ${n}`, ...own },
  });

describe.each(backends)('copySessions to $backend.name', ({ backend, constraints }) => {
  const server = backend.server === undefined ? '' : sharedServer(backend.server);

  test.skipIf(server === undefined)('refuses what a constraint keeps out', async () => {
    const place = await backend.create(server ?? '');
    onTestFinished(() => backend.drop(place));
    const connection = await backend.connect(place);
    onTestFinished(() => connection.close());
    const client: Client = Reflect.get(connection.storage, 'prisma');
    for (const sql of constraints) await client.$executeRawUnsafe(sql);

    const sessions = Array.from({ length: 120 }, (_, n) => sessionNumber(n));
    sessions[60] = sessionNumber(60, { state: 'bad' });
    sessions[90] = sessionNumber(90, { shop: shop(2) });
    const source: SessionCatalog<SessionLike> = {
      async *sessions() {
        yield* sessions;
      },
      replaceSession: async () => false,
    };
    await connection.catalog.replaceSession(undefined, sessionNumber(30, { state: 'another' }));

    for (const counts of [{ copied: 117 }, { copied: 0, same: 117 }]) {
      const report = await copySessions(source, connection.catalog);
      expect(report).toMatchObject({ ...counts, different: 1, refused: 2, unresolved: 0 });
      const finding = (n: number, message: RegExp) => ({
        outcome: 'refused',
        sessionId: sessions[n]?.id,
        code: 'ERR_SESSION_INVALID',
        message: expect.stringMatching(message),
      });
      expect(report.findings).toHaveLength(3);
      expect(report.findings).toContainEqual(finding(60, /model session does not take it: /));
      expect(report.findings).toContainEqual(finding(90, /Unique constraint failed.* drop that/));
    }
  });
});
