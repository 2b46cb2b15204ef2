// An operator with a URL and a key ring takes each official storage through its life, as the storage itself
// and its own database library wrote it: adopt, gate, rotate, list, delete, back out, and copy to and fro.
import { join } from 'node:path';
import type { Session } from '@shopify/shopify-api';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Backend, Place } from '../conformance/backend.js';
import {
  drizzleSqliteFile,
  officialDrizzleMysql,
  officialDrizzlePostgres,
  officialDrizzleSqlite,
} from '../conformance/backends/official-drizzle.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import {
  officialPrismaMysql,
  officialPrismaPostgres,
} from '../conformance/backends/official-prisma-on-servers.js';
import { officialRedis } from '../conformance/backends/official-redis.js';
import { officialSqlite } from '../conformance/backends/official-sqlite.js';
import { expiringOfflineSession, offlineSession, onlineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, newKey, oldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

interface Adopted {
  readonly backend: Backend;
  /** What an operator knows of the place. */
  url(place: Place): string;
  /** The table, where the app gave it a name of its own. */
  table?(place: Place): string;
}

const database = ({ database = '' }: Place) => database;
const file = ({ folder = '' }: Place) => `sqlite:${join(folder, 'sessions.db')}`;

const storages: readonly Adopted[] = [
  { backend: officialPostgres, url: database },
  { backend: officialMysql, url: database },
  { backend: officialSqlite, url: file },
  {
    backend: officialRedis,
    url: ({ server = '' }) => server,
    table: ({ prefix = '' }) => prefix,
  },
  { backend: officialPrisma, url: file },
  { backend: officialPrismaMysql, url: database },
  { backend: officialPrismaPostgres, url: database, table: () => 'app sessions' },
  { backend: officialDrizzlePostgres, url: database },
  { backend: officialDrizzleMysql, url: database },
  { backend: officialDrizzleSqlite, url: (place) => `sqlite:${drizzleSqliteFile(place)}` },
];

const shop = 'flowers.myshopify.com';
const other = 'books.myshopify.com';

/** As far as every storage keeps it. */
function kept({ id, shop, isOnline, scope, accessToken, refreshToken, ...rest }: Session) {
  const user = rest.onlineAccessInfo?.associated_user;
  return {
    ...{ id, shop, isOnline, scope, accessToken, refreshToken: refreshToken || undefined },
    expires: rest.expires?.getTime(),
    refreshTokenExpires: rest.refreshTokenExpires?.getTime(),
    user: user && {
      id: user.id,
      email: user.email,
      owner: user.account_owner,
      verified: user.email_verified,
    },
  };
}

describe.each(storages.map((one) => ({ ...one, name: one.backend.name })))(
  '$name',
  ({ backend, url, table }) => {
    const server = backend.server === undefined ? '' : sharedServer(backend.server);

    async function scene() {
      const place = await backend.create(String(server));
      onTestFinished(() => backend.drop(place));
      const app = await backend.connect(place);
      onTestFinished(() => app.close());
      const sessions = [
        offlineSession(other),
        expiringOfflineSession(shop),
        onlineSession(shop, 902_541_635),
      ];
      const env = { SESSION_ENCRYPTION_KEYS: oldKey, STORE: url(place) };
      const name = table?.(place);
      const run = async (args: string, code: number, more: Record<string, string> = {}) => {
        const [command = '', ...options] = args.split(' ');
        const named = name === undefined ? [] : ['--table', name];
        const outcome = await program.run([command, '--store', 'env:STORE', ...named, ...options], {
          env: { ...env, ...more },
        });
        expect(outcome.code, `${args}\n${outcome.stdout}${outcome.stderr}`).toBe(code);
        return outcome;
      };
      const loaded = async () => {
        const found = await Promise.all(sessions.map(({ id }) => app.storage.loadSession(id)));
        return found.map((session) => session && kept(session));
      };
      return { place, app, sessions, env, run, loaded, name };
    }

    it.skipIf(server === undefined)(
      'is adopted, rotated, listed, cleared and backed out of',
      async () => {
        const { app, sessions, run, loaded } = await scene();
        for (const session of sessions) await app.storage.storeSession(session);

        await run('status', 1);
        await run('rotate --mode migrate --dry-run', 0);
        await run('rotate --mode migrate', 0);
        expect(await app.raw()).not.toMatch(/shp(at|ua|rt)_/);
        await run('status --expect-primary', 0);

        await run('status --expect-primary', 1, bothKeys);
        const rotated = await run('rotate', 0, bothKeys);
        expect(rotated.stdout).toMatch(/^Re-sealed +3$/m);
        await run('status --expect-primary', 0, { SESSION_ENCRYPTION_KEYS: newKey });

        const listed = await run('list --json', 0, bothKeys);
        const ids = (JSON.parse(listed.stdout) as { id: string }[]).map(({ id }) => id);
        expect(ids.sort()).toEqual(sessions.map(({ id }) => id).sort());
        await run(`delete --shop ${other}`, 0, bothKeys);
        await run(`delete --shop ${other} --yes`, 0, bothKeys);

        await run('rotate --mode rollback --yes-write-plaintext', 0, bothKeys);
        await run('status --mode rollback', 0, bothKeys);
        expect(await loaded()).toEqual([undefined, ...sessions.slice(1).map(kept)]);
      },
    );

    it.skipIf(server === undefined)(
      'is copied out of and into, every value as it was',
      async () => {
        const { app, sessions, env, loaded, name } = await scene();
        for (const session of sessions) await app.storage.storeSession(session);
        const copy = async (...args: string[]) => {
          const outcome = await program.run(['copy', ...args], { env });
          expect(outcome.code, `${args}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
          return outcome;
        };
        const records = `sqlite:${join(await temporaryFolder(), 'records.db')}`;
        const named = (option: string) => (name === undefined ? [] : [option, name]);

        await copy('--from', 'env:STORE', ...named('--from-table'), '--to', records);
        for (const { id } of sessions) await app.storage.deleteSession(id);
        const back = await copy('--from', records, '--to', 'env:STORE', ...named('--to-table'));

        expect(back.stdout).toMatch(/^Copied +3$/m);
        expect(await loaded()).toEqual(sessions.map(kept));
      },
    );
  },
);
