import { expect, test } from 'vitest';
import { offlineSession, rewrapped, wrapped } from './subject.js';

const id = 'offline_a.myshopify.com';

test.each(['throw', 'forget'] as const)(
  'loadSession refuses a session of another id, with unreadable: %s',
  async (unreadable) => {
    const storage = wrapped({ unreadable });
    await storage.storeSession(offlineSession({ shop: 'b.myshopify.com' }));
    storage.inner.rows.set(id, storage.inner.row('offline_b.myshopify.com'));

    const error = await storage.loadSession(id).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERR_SESSION_MISMATCH', sessionId: id });
    expect(String(error)).not.toContain('offline_b');
  },
);

test('loadSession refuses a session whose id differs in case, as a SQL collation may answer', async () => {
  const storage = wrapped();
  await storage.storeSession(offlineSession());
  storage.inner.rows.set(id.toUpperCase(), storage.inner.row(id));
  await expect(rewrapped(storage).loadSession(id.toUpperCase())).rejects.toMatchObject({
    code: 'ERR_SESSION_MISMATCH',
  });
});
