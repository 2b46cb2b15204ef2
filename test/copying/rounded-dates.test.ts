// Columns of dates without fractions of a second: some databases cut what does not fit, and some round it up.
import { Session } from '@shopify/shopify-api';
import { expect, test } from 'vitest';
import { copySessions } from '../../src/copying/index.js';
import type { SessionCatalog, SessionLike } from '../../src/index.js';
import { mysqlTables, postgresqlTables, type SqlTables } from '../catalogs/sql-tables.js';
import { sharedServer } from '../servers/shared.js';

const shop = 'rounded.myshopify.com';
const sessions = [100, 499, 500, 999].map(
  (fraction) =>
    new Session({
      id: `${shop}_${fraction}`,
      shop,
      state: '',
      isOnline: true,
      accessToken: 'shpua_rounded',
      expires: new Date(Date.UTC(2027, 0, 1) + fraction),
    }),
);

const source: SessionCatalog<SessionLike> = {
  async *sessions() {
    yield* sessions;
  },
  replaceSession: async () => false,
};

const databases: Record<string, [string | undefined, (server: string) => Promise<SqlTables>]> = {
  PostgreSQL: [sharedServer('postgres'), postgresqlTables],
  // As MySQL does, which MariaDB has to be told.
  'MySQL, which rounds': [
    sharedServer('mysql'),
    (server) => mysqlTables(server, 'STRICT_TRANS_TABLES,TIME_ROUND_FRACTIONAL'),
  ],
  'MariaDB, which cuts': [sharedServer('mysql'), mysqlTables],
};

test.each(Object.entries(databases))('%s', async (_name, [server, open]) => {
  if (server === undefined) return;
  const { catalog, query, drop } = await open(server);
  try {
    const type = server.startsWith('mysql') ? 'datetime' : 'timestamp(0)';
    const quote = server.startsWith('mysql') ? '`' : '"';
    await query(
      `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop varchar(255), state varchar(255),
        ${quote}isOnline${quote} boolean, expires ${type}, ${quote}accessToken${quote} varchar(255),
        ${quote}userId${quote} bigint)`,
    );
    const verification = { same: 4, different: 0, missing: 0 };
    expect(await copySessions(source, catalog as never)).toMatchObject({ copied: 4, verification });
    expect(await copySessions(source, catalog as never)).toMatchObject({ same: 4, verification });
  } finally {
    await drop();
  }
});
