// Sessions with members that no Shopify session has: none of them may carry a token past the seal.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import {
  accessToken,
  KeepingStorage,
  keyring,
  offlineSession,
  onlineSession,
  wrapped,
} from './subject.js';

const id = offlineSession().id;

/** Own functions that answer with what they are bound to. */
function withOwnFunctions<S extends object>(original: S): S {
  return Object.assign(original, {
    toJSON: () => ({ ...original }),
    toPropertyArray: () => Object.entries(original),
    toString: () => JSON.stringify({ ...original }),
    [Symbol.toPrimitive]: () => JSON.stringify({ ...original }),
    [inspect.custom]: () => ({ ...original }),
  });
}

describe('own functions of a session', () => {
  test('are not copied: they would answer with the tokens that were not sealed', async () => {
    const storage = wrapped();
    await storage.storeSession(withOwnFunctions(offlineSession()));
    const row = storage.inner.row(id);
    const shown = [JSON.stringify(row), String(row), inspect(row), row.toPropertyArray()];
    expect(JSON.stringify(shown)).not.toContain(accessToken);
  });

  test('within the session are not copied either', async () => {
    const storage = wrapped({ userInfo: true });
    const session = onlineSession();
    withOwnFunctions(session.onlineAccessInfo ?? {});
    withOwnFunctions(session.onlineAccessInfo?.associated_user ?? {});
    await storage.storeSession(session);
    expect(JSON.stringify(storage.inner.row(session.id))).not.toContain('ada@example.com');
  });

  test('that a storage hands out do not come back', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    withOwnFunctions(storage.inner.row(id));
    expect(await storage.loadSession(id)).toStrictEqual(offlineSession());
  });

  test('are left on the session that was passed', async () => {
    const session = withOwnFunctions(offlineSession());
    await wrapped().storeSession(session);
    expect(Object.hasOwn(session, 'toJSON')).toBe(true);
  });
});

describe('a member __proto__', () => {
  const planted = '{"accessToken":"planted","isActive":"planted"}';

  test.each(['migrate', 'strict'] as const)(
    'of a stored session is not a prototype, in mode %s',
    async (mode) => {
      const inner = new KeepingStorage<{ id: string; shop: string; accessToken?: string }>();
      const storage = new EncryptedSessionStorage(inner, { keyring, mode });
      inner.rows.set(
        id,
        JSON.parse(`{"id":"${id}","shop":"a.myshopify.com","__proto__":${planted}}`),
      );
      const loaded = await storage.loadSession(id);
      expect(Object.getPrototypeOf(loaded)).toBe(Object.prototype);
      expect(loaded?.accessToken).toBeUndefined();
    },
  );

  test('of a session that is stored is not a prototype', async () => {
    const storage = wrapped();
    const session = Object.defineProperty(offlineSession(), '__proto__', {
      value: JSON.parse(planted),
      enumerable: true,
    });
    await storage.storeSession(session);
    expect(Object.getPrototypeOf(storage.inner.row(id))).toBe(
      Object.getPrototypeOf(offlineSession()),
    );
  });

  test('of the user that is stored is not a prototype', async () => {
    const storage = wrapped({ userInfo: true });
    await storage.storeSession(onlineSession());
    const { associated_user: user } = storage.inner.row(onlineSession().id).onlineAccessInfo ?? {};
    Object.defineProperty(user ?? {}, '__proto__', { value: { email: 'x' }, enumerable: true });
    const loaded = await storage.loadSession(onlineSession().id);
    const { associated_user: opened } = loaded?.onlineAccessInfo ?? {};
    expect(Object.getPrototypeOf(opened)).toBe(Object.prototype);
    expect(opened?.email).toBe('ada@example.com');
  });
});
