import { afterEach, describe, expect, test } from 'vitest';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SharedServer } from '../servers/shared.js';
import { sharedServer } from '../servers/shared.js';
import {
  prismaMysqlBackend,
  prismaPostgresqlBackend,
} from './backends/official-prisma-on-servers.js';
import { everySession, mysqlTables, postgresqlTables, type SqlTables } from './sql-tables.js';

const session: StoredSession = {
  id: 'offline_a.myshopify.com',
  shop: 'a.myshopify.com',
  state: '',
  isOnline: false,
  accessToken: 'shpat_secret',
};
const databases: [SharedServer, (server: string) => Promise<SqlTables>][] = [
  ['postgres', postgresqlTables],
  ['mysql', mysqlTables],
  // Outside its strict mode, MySQL cuts what is too long.
  ['mysql', (server) => mysqlTables(server, '')],
];

describe.each(databases)('a token column of %s that is too short', (name, open) => {
  const server = sharedServer(name);
  let tables: SqlTables;
  afterEach(() => tables?.drop());

  const create = async (length: number) => {
    tables = await open(server ?? '');
    const quote = (column: string) => (name === 'mysql' ? `\`${column}\`` : `"${column}"`);
    const columns = ['id', 'shop', 'state', 'isOnline', 'accessToken', 'refreshToken'].map(quote);
    const [id, shop, state, isOnline, ...tokens] = columns;
    const text = 'varchar(255) NOT NULL';
    await tables.query(
      `CREATE TABLE shopify_sessions (${id} ${text} PRIMARY KEY, ${shop} ${text}, ${state} ${text},
         ${isOnline} ${name === 'mysql' ? 'tinyint' : 'boolean'} NOT NULL,
         ${tokens.map((column) => `${column} varchar(${length})`).join(', ')})`,
    );
  };

  test.skipIf(server === undefined)('is warned of, with the statement that mends it', async () => {
    await create(180);
    const warnings = (await tables.catalog.warnings()).filter(({ message }) =>
      message.includes('180'),
    );
    expect(warnings).toHaveLength(2);
    for (const { code, message } of warnings) {
      expect(code).toBe('COLUMN_TOO_SHORT');
      expect(message).toMatch(/accessToken|refreshToken/);
      const [statement = ''] = /ALTER TABLE.*;/.exec(message) ?? [];
      await tables.query(statement);
    }
    await tables.drop();
    await create(187);
    const left = await tables.catalog.warnings();
    expect(left.filter(({ message }) => message.includes('ALTER'))).toEqual([]);
    const underLongerKid = await tables.catalog.warnings(188);
    expect(underLongerKid.filter(({ message }) => message.includes('188 or more'))).toHaveLength(2);
  });

  test.skipIf(server === undefined)(
    'takes no token that it would cut: the session stays as it is',
    async () => {
      await create(20);
      await expect(tables.catalog.replaceSession(undefined, session)).resolves.toBe(true);
      const [current] = await everySession(tables.catalog);
      if (current === undefined) throw new Error('The session is not there.');
      const next = { ...current, accessToken: 'longer than twenty characters' };
      await expect(tables.catalog.replaceSession(current, next)).rejects.toMatchObject({
        code: 'ERR_VALUE_TOO_LONG',
        sessionId: session.id,
        field: 'accessToken',
        message: expect.stringMatching(/needs 29 characters.* holds 20.*ALTER TABLE/s),
      });
      const other = { ...next, id: 'offline_b.myshopify.com' };
      await expect(tables.catalog.replaceSession(undefined, other)).rejects.toMatchObject({
        code: 'ERR_VALUE_TOO_LONG',
      });
      const both = { ...next, refreshToken: 'longer than twenty, too' };
      const [misfit] = (await tables.catalog.misfits?.([both])) ?? [];
      expect(misfit).toMatchObject({
        message: expect.stringMatching(
          /accessToken needs 29 .*ALTER.*refreshToken needs 23 .*ALTER/s,
        ),
        limits: [{ needs: 29 }, { needs: 23 }],
      });
      await expect(everySession(tables.catalog)).resolves.toEqual([current]);
    },
  );
});

describe.skipIf(sharedServer('mysql') === undefined)('the statement that widens, of MySQL', () => {
  const declared = [
    "`accessToken` varchar(150) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'it''s, none' COMMENT 'sealed, see\\nthe runbook; '",
    "`refreshToken` varchar(90) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (`refreshToken` <> 'x, y')",
  ];

  test.each([undefined, 'ANSI_QUOTES,STRICT_TRANS_TABLES'])(
    'changes the type alone: sql_mode %s',
    async (mode) => {
      const tables = await mysqlTables(sharedServer('mysql') ?? '', mode);
      const shown = async () => {
        const [row] = await tables.query('SHOW CREATE TABLE shopify_sessions');
        return String(row?.['Create Table']);
      };
      try {
        await tables.query(
          `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, ${declared[0]}, shop varchar(255), state varchar(255),
           isOnline tinyint, ${declared[1]}) CHARACTER SET latin1`,
        );
        const before = await shown();
        const statements = (await tables.catalog.warnings()).flatMap(({ message }) =>
          [...message.matchAll(/ALTER TABLE.*;$/g)].map(String),
        );
        expect(statements).toHaveLength(2);
        for (const statement of statements) await tables.query(statement);

        const widened = before.replace(/varchar\((?:150|90)\)/g, 'varchar(1024)');
        expect(widened).toMatch(/COMMENT 'sealed, see/);
        expect(await shown()).toBe(widened);
      } finally {
        await tables.drop();
      }
    },
  );

  test('is of the binary types where the column is', async () => {
    const tables = await mysqlTables(sharedServer('mysql') ?? '');
    try {
      await tables.query(
        'CREATE TABLE shopify_sessions (id varchar(255), shop varchar(255), accessToken varbinary(100) NOT NULL)',
      );
      const [warning] = await tables.catalog.warnings();
      expect(warning?.message).toContain('MODIFY COLUMN `accessToken` varbinary(1024) NOT NULL;');
    } finally {
      await tables.drop();
    }
  });
});

test.skipIf(sharedServer('mysql') === undefined)(
  'a MySQL that is not strict is warned of, since the storage itself would store tokens cut short',
  async () => {
    const tables = await mysqlTables(sharedServer('mysql') ?? '', '');
    try {
      await tables.query('CREATE TABLE shopify_sessions (id int, shop int, accessToken int)');
      const warnings = await tables.catalog.warnings();
      expect(warnings).toEqual([
        {
          code: 'SQL_MODE_NOT_STRICT',
          message: expect.stringContaining('STRICT_TRANS_TABLES'),
        },
      ]);
    } finally {
      await tables.drop();
    }
  },
);

describe.each([prismaMysqlBackend, prismaPostgresqlBackend])(
  'a token column of $name that is too short',
  (backend) => {
    const server = sharedServer(backend.server ?? 'mysql');

    test.skipIf(server === undefined)(
      'is warned of and takes no token that it would cut, until the statement has mended it',
      async () => {
        const place = await backend.create(server ?? '');
        const { catalog, close } = await backend.connect(place);
        const database = await backend.client(place);
        try {
          await database.$executeRawUnsafe(
            backend === prismaMysqlBackend
              ? "ALTER TABLE Session MODIFY COLUMN accessToken VARCHAR(191) CHARACTER SET ascii NOT NULL COMMENT 'sealed'"
              : 'ALTER TABLE "app sessions" ALTER COLUMN access_token TYPE varchar(191)',
          );
          const next = { ...session, accessToken: 'x'.repeat(192) };
          await expect(catalog.replaceSession(undefined, next)).rejects.toMatchObject({
            code: 'ERR_VALUE_TOO_LONG',
            field: 'accessToken',
          });
          await expect(catalog.warnings?.(191)).resolves.toEqual([]);
          const warnings = (await catalog.warnings?.(192)) ?? [];
          expect(warnings).toEqual([
            {
              code: 'COLUMN_TOO_SHORT',
              message: expect.stringMatching(/accessToken.* 191 .*@db\.VarChar/),
            },
          ]);

          if (backend === prismaMysqlBackend) {
            expect(warnings[0]?.message).toMatch(
              /varchar\(1024\) CHARACTER SET ascii .*NOT NULL COMMENT 'sealed';/,
            );
          }
          const [statement = ''] = /ALTER TABLE.*?;/.exec(warnings[0]?.message ?? '') ?? [];
          await database.$executeRawUnsafe(statement);
          const mended = prismaCatalog(database, backend.map && { map: backend.map });
          await expect(mended.warnings?.(192)).resolves.toEqual([]);
          await expect(mended.replaceSession(undefined, next)).resolves.toBe(true);
        } finally {
          await close();
          await database.$disconnect();
          await backend.drop(place);
        }
      },
    );
  },
);
