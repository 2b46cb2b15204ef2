import { Session } from '@shopify/shopify-api';
import { describe, expect, test } from 'vitest';
import { offlineSession, onlineSession, rewrapped, wrapped } from './subject.js';

const id = 'a.myshopify.com_42';

describe('userInfo: true', () => {
  test("seals the staff member's names and email, and nothing else about them", async () => {
    const storage = wrapped({ userInfo: true });
    await storage.storeSession(onlineSession());
    const stored = storage.inner.row(id).onlineAccessInfo;
    expect(JSON.stringify(stored)).not.toMatch(/Ada|Lovelace|ada@example/);
    expect(stored).toMatchObject({
      expires_in: 86_400,
      associated_user: { id: 42, email_verified: true, account_owner: true, locale: 'en' },
    });
    expect(await storage.loadSession(id)).toStrictEqual(onlineSession());
    expect(await storage.findSessionsByShop('a.myshopify.com')).toStrictEqual([onlineSession()]);
  });

  test('binds each of them to its own field', async () => {
    const storage = wrapped({ userInfo: true });
    await storage.storeSession(onlineSession());
    const user = storage.inner.row(id).onlineAccessInfo?.associated_user;
    if (user === undefined) throw new Error('not stored');
    user.first_name = user.email;
    await expect(storage.loadSession(id)).rejects.toMatchObject({
      code: 'ERR_TOKEN_CONTEXT',
      field: 'onlineAccessInfo.associated_user.first_name',
    });
  });

  test('refuses plaintext in mode strict, and adopts it in mode migrate', async () => {
    const plain = wrapped();
    await plain.storeSession(onlineSession());
    await expect(rewrapped(plain, { userInfo: true }).loadSession(id)).rejects.toMatchObject({
      code: 'ERR_TOKEN_PLAINTEXT',
      field: 'onlineAccessInfo.associated_user.first_name',
    });
    const migrating = rewrapped(plain, { userInfo: true, mode: 'migrate' });
    expect(await migrating.loadSession(id)).toStrictEqual(onlineSession());
  });

  test.each([undefined, null, '', 'null'])(
    'a name that is %j is absent, not plaintext',
    async (name) => {
      const storage = wrapped({ userInfo: true });
      const session = onlineSession();
      Object.assign(session.onlineAccessInfo?.associated_user ?? {}, { last_name: name });
      await storage.storeSession(session);
      const stored = storage.inner.row(id).onlineAccessInfo?.associated_user.last_name;
      expect(stored).toBe(name);
      const loaded = await storage.loadSession(id);
      expect(loaded?.onlineAccessInfo?.associated_user.last_name || undefined).toBeUndefined();
      expect(loaded?.onlineAccessInfo?.associated_user.first_name).toBe('Ada');
    },
  );

  test('an offline session that the Prisma storage gives a user of "null"s is left readable', async () => {
    const storage = wrapped({ userInfo: true });
    await storage.storeSession(offlineSession());
    const entries = storage.inner.row('offline_a.myshopify.com').toPropertyArray(true);
    const names = { firstName: 'null', lastName: 'null', email: 'null' };
    const row = Session.fromPropertyArray(
      [...entries, ['isOnline', true], ...Object.entries(names)],
      true,
    );
    storage.inner.rows.set(row.id, row);
    const loaded = await storage.loadSession(row.id);
    expect(loaded?.onlineAccessInfo?.associated_user).toEqual({});
  });

  test('has nothing to do where a session has no user', async () => {
    const storage = wrapped({ userInfo: true });
    for (const onlineAccessInfo of [undefined, null, 'text', {}, { associated_user: null }]) {
      const session = Object.assign(onlineSession(), {
        onlineAccessInfo: onlineAccessInfo as never,
      });
      await storage.storeSession(session);
      expect(await storage.loadSession(id)).toStrictEqual(session);
    }
  });

  test('refuses a name that is not text, without telling it', async () => {
    const storage = wrapped({ userInfo: true });
    const session = onlineSession();
    Object.assign(session.onlineAccessInfo?.associated_user ?? {}, {
      first_name: { secret: 'Ada' },
    });
    const error = await storage.storeSession(session).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'ERR_SESSION_INVALID',
      field: 'onlineAccessInfo.associated_user.first_name',
    });
    expect(String(error)).not.toContain('Ada');
    expect(storage.inner.rows.size).toBe(0);
  });
});

describe('userInfo: false', () => {
  test('is the default: the user is stored as it is', async () => {
    const storage = wrapped();
    await storage.storeSession(onlineSession());
    expect(storage.inner.row(id).onlineAccessInfo).toStrictEqual(onlineSession().onlineAccessInfo);
  });

  test('still opens what was sealed while it was on', async () => {
    const sealing = wrapped({ userInfo: true });
    await sealing.storeSession(onlineSession());
    const storage = rewrapped(sealing);
    const session = await storage.loadSession(id);
    expect(session).toStrictEqual(onlineSession());
    await storage.storeSession(session ?? onlineSession());
    expect(storage.inner.row(id).onlineAccessInfo).toStrictEqual(onlineSession().onlineAccessInfo);
  });

  test('leaves every other value of a user alone', async () => {
    const storage = wrapped();
    const session = onlineSession();
    Object.assign(session.onlineAccessInfo?.associated_user ?? {}, {
      first_name: 'null',
      email: 7,
    });
    await storage.storeSession(session);
    expect(await storage.loadSession(id)).toStrictEqual(session);
  });
});
