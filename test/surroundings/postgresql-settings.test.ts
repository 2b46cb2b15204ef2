// PostgreSQL as it is set up for a role, for a database or by an app: what is read and written stays the same.
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { EncryptedSessionStorage, Keyring, reencryptSessions } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { everySession } from '../catalogs/sql-tables.js';
import { uniqueName } from '../conformance/backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { queryPostgres } from '../open/places.js';
import { sharedServer } from '../servers/shared.js';

const server = sharedServer('postgres');
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function database(): Promise<string> {
  const url = await createPostgresDatabase(String(server));
  cleanUp.push(() => dropPostgresDatabase(url));
  return url;
}

const columns = (dates: string) =>
  `id text PRIMARY KEY, shop text NOT NULL, state text, "isOnline" boolean, scope text, "accessToken" text,
   "refreshToken" text, expires ${dates}, "refreshTokenExpires" ${dates}`;

/** An hour that the clocks of St. John's show twice, and one that they skip. */
const session: StoredSession = {
  id: 'offline_a.myshopify.com',
  shop: 'a.myshopify.com',
  state: 'state',
  isOnline: false,
  accessToken: 'shpat_a',
  refreshToken: 'shprt_a',
  expires: new Date('2026-11-01T04:15:00.250Z'),
  refreshTokenExpires: new Date('2027-03-14T05:45:00.000Z'),
};

/** What an app may do so that dates reach it as they were written. */
const asText = {
  getTypeParser: (oid: number, format?: 'text') =>
    [1114, 1184].includes(oid) ? String : pg.types.getTypeParser(oid, format),
} as pg.CustomTypesConfig;

describe.skipIf(server === undefined).each([
  ['SQL, DMY', 'Asia/Kolkata', undefined],
  ['German', 'America/St_Johns', undefined],
  ['ISO, MDY', 'America/St_Johns', asText],
])('dates, with DateStyle %s and TimeZone %s', (dateStyle, timeZone, types) => {
  test.each(['timestamp(3)', 'timestamptz(3)', 'text'])('in columns of type %s', async (type) => {
    const url = await database();
    await queryPostgres(url, `CREATE TABLE shopify_sessions (${columns(type)})`);
    const pool = new pg.Pool({
      connectionString: url,
      options: `-c DateStyle=${dateStyle.replace(/ /g, '')} -c TimeZone=${timeZone}`,
      ...(types === undefined ? {} : { types }),
    });
    const catalog = postgresqlCatalog(pool);
    cleanUp.push(() => catalog.disconnect?.());

    expect(await catalog.replaceSession(undefined, session)).toBe(true);
    expect(await everySession(catalog)).toEqual([session]);
    const [stored] = await queryPostgres(
      url,
      `SELECT extract(epoch FROM expires::timestamptz AT TIME ZONE 'UTC') AS seconds FROM shopify_sessions`,
    );
    expect(Number(stored?.seconds)).toBe(Number(session.expires) / 1000);

    const later = { ...session, expires: new Date('2027-03-14T05:30:00.001Z') };
    const [current] = await everySession(catalog);
    expect(await catalog.replaceSession(current, later)).toBe(true);
    const other = { ...session, expires: new Date('2027-03-14T05:31:00.000Z') };
    expect(await catalog.replaceSession(current, other)).toBe(false);
    expect(await catalog.loadSession?.(session.id)).toEqual(later);
  });
});

describe.skipIf(server === undefined)('row level security', () => {
  /** A role that may use the table, under a policy. */
  async function roleUnder(url: string, table: string, policy: string): Promise<string> {
    const role = uniqueName();
    await queryPostgres(url, `CREATE ROLE ${role} LOGIN`);
    cleanUp.push(() =>
      queryPostgres(url, `DROP OWNED BY ${role}`).then(() =>
        queryPostgres(url, `DROP ROLE ${role}`),
      ),
    );
    await queryPostgres(url, `GRANT ALL ON ${table} TO ${role}`);
    await queryPostgres(url, `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
    await queryPostgres(url, `CREATE POLICY one ON ${table} TO ${role} USING (${policy})`);
    return Object.assign(new URL(url), { username: role }).href;
  }

  /** A table of two sessions, and the URL of a role that sees what `policy` lets it. */
  async function tableUnder(table: string, policy: string) {
    const url = await database();
    await queryPostgres(url, `CREATE TABLE ${table} (${columns('bigint')})`);
    await queryPostgres(
      url,
      `INSERT INTO ${table} (id, shop, "isOnline") VALUES ('a', 'a', false), ('b', 'b', false)`,
    );
    return { url, as: new URL(await roleUnder(url, table, policy)) };
  }

  function catalogOver({ href }: URL) {
    const catalog = postgresqlCatalog(new pg.Pool({ connectionString: href }));
    cleanUp.push(() => catalog.disconnect?.());
    return catalog;
  }

  const keyring = Keyring.generate();
  const subjects = {
    async 'the official table'(policy: string) {
      return catalogOver((await tableUnder('shopify_sessions', policy)).as);
    },
    async 'a view with security_invoker'(policy: string) {
      const { url, as } = await tableUnder('base', policy);
      await queryPostgres(
        url,
        `CREATE VIEW inner_view WITH (security_invoker) AS SELECT * FROM base;
         CREATE VIEW shopify_sessions WITH (security_invoker = on) AS SELECT * FROM inner_view;
         GRANT ALL ON inner_view, shopify_sessions TO ${as.username}`,
      );
      return catalogOver(as);
    },
    async 'a view whose owner is under the policy'(policy: string) {
      const { url, as } = await tableUnder('base', policy);
      await queryPostgres(
        url,
        `CREATE VIEW shopify_sessions AS SELECT * FROM base;
         ALTER VIEW shopify_sessions OWNER TO ${as.username}`,
      );
      return catalogOver(new URL(url));
    },
    async records(policy: string) {
      const url = await database();
      const storage = openSessionStorage<StoredSession>(url, { Session: Object as never });
      cleanUp.push(() => storage.disconnect());
      await new EncryptedSessionStorage(storage, { keyring }).storeSession(session);
      const as = await roleUnder(url, 'shopify_session_records', policy);
      const other = openSessionStorage<StoredSession>(as, { Session: Object as never });
      cleanUp.push(() => other.disconnect());
      return other;
    },
  };

  test.each(Object.entries(subjects))(
    'that may hide some of %s is a warning, and no key is said to be of no use',
    async (name, make) => {
      const catalog = await make(name === 'records' ? "key <> 'x'" : "shop = 'a'");
      expect(await catalog.warnings?.()).toMatchObject([{ code: 'SESSIONS_HIDDEN' }]);
      const report = await reencryptSessions(catalog, { keyring, mode: 'rollback', dryRun: true });
      expect(report.unseen).toContain('hidden sessions');
    },
  );

  test.each(Object.entries(subjects))('that hides nothing of %s is none', async (_name, make) => {
    const catalog = await make('true');
    expect(await catalog.warnings?.()).toEqual([]);
    const report = await reencryptSessions(catalog, { keyring, mode: 'rollback', dryRun: true });
    expect(report.unseen).toEqual([]);
  });
});

test.skipIf(server === undefined)(
  'columns that the app keeps beside ours are not read',
  async () => {
    const url = await database();
    const role = uniqueName();
    await queryPostgres(
      url,
      `CREATE TABLE shopify_sessions (${columns('bigint')});
     INSERT INTO shopify_sessions (id, shop, "isOnline") VALUES ('a', 'a', false);
     CREATE ROLE ${role} LOGIN`,
    );
    cleanUp.push(() => queryPostgres(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`));
    const [ours] = await queryPostgres(
      url,
      `SELECT string_agg(quote_ident(column_name), ', ') AS names FROM information_schema.columns
     WHERE table_name = 'shopify_sessions'`,
    );
    await queryPostgres(
      url,
      `ALTER TABLE shopify_sessions ADD notes text;
     GRANT SELECT (${ours?.names}) ON shopify_sessions TO ${role}`,
    );
    const as = Object.assign(new URL(url), { username: role }).href;
    const catalog = postgresqlCatalog(new pg.Pool({ connectionString: as }));
    cleanUp.push(() => catalog.disconnect?.());
    expect(await everySession(catalog)).toMatchObject([{ id: 'a' }]);
    expect(await catalog.loadSession?.('a')).toMatchObject({ id: 'a' });
  },
);

test.skipIf(server === undefined)(
  'a role without a schema to make the table in is told what to write',
  async () => {
    const url = await database();
    const storage = openSessionStorage<StoredSession>(`${url}?options=-c%20search_path%3Dnowhere`, {
      Session: Object as never,
    });
    cleanUp.push(() => storage.disconnect());
    await expect(storage.storeSession(session)).rejects.toThrow('?schema= in the URL');
  },
);
