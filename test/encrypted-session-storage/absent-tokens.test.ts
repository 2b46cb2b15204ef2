import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import { KeepingStorage, keyring, offlineSession, refreshToken, shop, wrapped } from './subject.js';

const id = 'offline_a.myshopify.com';

describe('an absent token', () => {
  test.each([undefined, null, ''])(
    "given as %j is written as '' for an access token, and stays as it is for a refresh token",
    async (absent) => {
      const storage = wrapped();
      const tokens = { accessToken: absent, refreshToken: absent };
      const session = Object.assign(offlineSession(), tokens) as ReturnType<typeof offlineSession>;
      await storage.storeSession(session);
      expect(storage.inner.row(id).accessToken).toBe('');
      expect(storage.inner.row(id).refreshToken).toBe(absent);
    },
  );

  test.each(['strict', 'migrate', 'rollback'] as const)(
    'is read back as undefined in mode %s, as without us',
    async (mode) => {
      const storage = wrapped({ mode });
      const session = offlineSession();
      Object.assign(session, { accessToken: undefined });
      await storage.storeSession(session);
      expect(await storage.loadSession(id)).toStrictEqual(session);
    },
  );

  test('that is null in the store is read back as absent', async () => {
    const storage = wrapped();
    const row = Object.assign(offlineSession(), { accessToken: null, refreshToken: null });
    storage.inner.rows.set(id, row as unknown as ReturnType<typeof offlineSession>);
    const loaded = await storage.loadSession(id);
    expect(loaded?.accessToken).toBeUndefined();
    expect(loaded?.refreshToken).toBeUndefined();
  });

  test('overwrites the old token where the storage writes only the columns it is given', async () => {
    // The upsert of the official PostgreSQL storage does: it sets the properties that are present.
    class UpsertingStorage extends KeepingStorage {
      readonly options = { sessionTableName: 'shopify_sessions' };
      readonly migrator = {
        getMigrationList: () => [{ migrationName: 'migrateToRefreshTokens' }],
      };
      override async storeSession(session: ReturnType<typeof offlineSession>): Promise<boolean> {
        const columns = Object.fromEntries(session.toPropertyArray(true));
        const row = Object.assign(this.rows.get(session.id) ?? offlineSession(), columns);
        this.rows.set(session.id, row);
        return true;
      }
    }
    const storage = new EncryptedSessionStorage(new UpsertingStorage(), { keyring });
    await storage.storeSession(offlineSession({ refreshToken }));
    const session = offlineSession();
    Object.assign(session, { accessToken: undefined });
    await storage.storeSession(session);
    const loaded = await storage.loadSession(id);
    expect(loaded?.accessToken).toBeUndefined();
    expect(loaded?.refreshToken).toBeUndefined();
  });

  test('has no property, where the session has no such property without us', async () => {
    type PlainSession = { id: string; shop: string; isOnline: boolean; accessToken?: string };
    const inner = new KeepingStorage<PlainSession>();
    const storage = new EncryptedSessionStorage(inner, { keyring });
    const session: PlainSession = { id, shop, isOnline: false };
    await storage.storeSession(session);
    expect(inner.row(id).accessToken).toBe('');
    expect(await storage.loadSession(id)).toStrictEqual(session);
  });

  test('refresh token is not written to a session that knows none: its table may lack the column', async () => {
    type PlainSession = { id: string; shop: string; isOnline: boolean; accessToken: string };
    const inner = new KeepingStorage<PlainSession>();
    const storage = new EncryptedSessionStorage(inner, { keyring });
    await storage.storeSession({ id, shop, isOnline: false, accessToken: 'shpat_1' });
    expect('refreshToken' in inner.row(id)).toBe(false);
  });

  test('refresh token is not written by an official SQL storage of a release before that column', async () => {
    // As releases 5 of the PostgreSQL, MySQL and SQLite storages do, for shopify-api 12.
    class SqlStorage extends KeepingStorage {
      readonly options = { sessionTableName: 'shopify_sessions' };
      readonly migrator: { getMigrationList(): { migrationName: string }[] };
      constructor(...migrations: string[]) {
        super();
        this.migrator = {
          getMigrationList: () => migrations.map((migrationName) => ({ migrationName })),
        };
      }
    }
    const scope = 'migrateScopeFieldToVarchar1024';
    for (const [inner, written] of [
      [new SqlStorage(scope), undefined],
      [new SqlStorage(scope, 'addRefreshTokenFields'), ''],
      [new SqlStorage(scope, 'migrateToRefreshTokens'), ''],
    ] as const) {
      const storage = new EncryptedSessionStorage(inner, { keyring });
      await storage.storeSession(offlineSession());
      expect(inner.row(id).refreshToken).toBe(written);
      expect(await storage.loadSession(id)).toStrictEqual(offlineSession());
    }
  });

  test('loaded, given a token and stored again: how shopify-api 1 to 4 end OAuth', async () => {
    type PlainSession = { id: string; shop: string; isOnline: boolean; accessToken?: string };
    const inner = new KeepingStorage<PlainSession>();
    const storage = new EncryptedSessionStorage(inner, { keyring });
    await storage.storeSession({ id, shop, isOnline: false });
    const session = await storage.loadSession(id);
    if (session === undefined) throw new Error('not loaded');
    session.accessToken = 'shpca_after_the_callback';
    await storage.storeSession(session);
    expect(inner.row(id).accessToken).not.toContain('shpca_');
    expect((await storage.loadSession(id))?.accessToken).toBe('shpca_after_the_callback');
  });
});

describe('a storage with fixed columns, and none for refresh tokens', () => {
  /** Writes what `toPropertyArray()` of its sessions answers, and knows these columns only. */
  class FixedColumns extends KeepingStorage {
    override async storeSession(session: ReturnType<typeof offlineSession>): Promise<boolean> {
      const known = ['id', 'shop', 'state', 'isOnline', 'scope', 'accessToken'];
      for (const [name] of session.toPropertyArray()) {
        if (!known.includes(name)) throw new Error(`column "${name}" does not exist`);
      }
      return super.storeSession(session);
    }
  }

  test('works wrapped as it does bare', async () => {
    const bare = new FixedColumns();
    expect(await bare.storeSession(offlineSession())).toBe(true);
    const storage = new EncryptedSessionStorage(new FixedColumns(), { keyring });
    expect(await storage.storeSession(offlineSession())).toBe(true);
    expect(await storage.loadSession(id)).toStrictEqual(offlineSession());
    const revoked = Object.assign(offlineSession(), { accessToken: undefined });
    expect(await storage.storeSession(revoked)).toBe(true);
    expect(await storage.loadSession(id)).toStrictEqual(revoked);
  });
});
