import { describe, expect, test } from 'vitest';
import { accessToken, offlineSession, wrapped } from './subject.js';

describe('a session that cannot be sealed is refused with ERR_SESSION_INVALID', () => {
  test.each([undefined, null, '', 7])('when its id is %j', async (id) => {
    const storage = wrapped();
    const session = Object.assign(offlineSession(), { id: id as never });
    await expect(storage.storeSession(session)).rejects.toMatchObject({
      code: 'ERR_SESSION_INVALID',
    });
    expect(storage.inner.rows.size).toBe(0);
  });

  test.each([undefined, null, 'session', 7])('when it is %j', async (session) => {
    await expect(wrapped().storeSession(session as never)).rejects.toMatchObject({
      code: 'ERR_SESSION_INVALID',
    });
  });

  test.each(['accessToken', 'refreshToken'])('when its %s is not a string', async (field) => {
    const storage = wrapped();
    for (const value of [
      7,
      false,
      { token: accessToken },
      [accessToken],
      new String(accessToken),
    ]) {
      const session = Object.assign(offlineSession(), { [field]: value });
      const error = await storage.storeSession(session).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'ERR_SESSION_INVALID',
        sessionId: 'offline_a.myshopify.com',
        field,
      });
      expect(String(error)).not.toContain('shpat_');
    }
    expect(storage.inner.rows.size).toBe(0);
  });

  test('when it has a token and no shop to bind it to', async () => {
    const session = Object.assign(offlineSession(), { shop: undefined as never });
    await expect(wrapped().storeSession(session)).rejects.toMatchObject({
      code: 'ERR_SESSION_INVALID',
      field: 'accessToken',
    });
  });
});

test('in mode rollback, too, a token that is not a string is refused', async () => {
  const storage = wrapped({ mode: 'rollback' });
  const session = Object.assign(offlineSession(), { accessToken: 7 as never });
  await expect(storage.storeSession(session)).rejects.toMatchObject({
    code: 'ERR_SESSION_INVALID',
  });
});
