import { describe, expect, test } from 'vitest';
import {
  accessToken,
  type KeepingStorage,
  offlineSession,
  oldKeyring,
  refreshToken,
  rewrapped,
  wrapped,
} from './subject.js';

const id = 'offline_a.myshopify.com';
const otherId = 'offline_b.myshopify.com';

/** Ways in which a stored session becomes unreadable, and the error of each. */
const damages: [string, string, (inner: KeepingStorage) => unknown][] = [
  [
    'its key is lost',
    'ERR_KEY_UNKNOWN',
    (inner) => rewrapped({ inner }, { keyring: oldKeyring }).storeSession(offlineSession()),
  ],
  [
    'a byte of its token is changed',
    'ERR_TOKEN_UNREADABLE',
    (inner) => {
      const [header, key, iv, , tag] = (inner.row(id).accessToken ?? '').split('.');
      const ciphertext = Buffer.alloc(38).toString('base64url');
      Object.assign(inner.row(id), { accessToken: [header, key, iv, ciphertext, tag].join('.') });
    },
  ],
  [
    "another shop's token is put in its place",
    'ERR_TOKEN_CONTEXT',
    (inner) => void Object.assign(inner.row(id), { accessToken: inner.row(otherId).accessToken }),
  ],
  [
    'its refresh token is put in the place of its access token',
    'ERR_TOKEN_CONTEXT',
    (inner) => void Object.assign(inner.row(id), { accessToken: inner.row(id).refreshToken }),
  ],
  [
    'its shop is changed',
    'ERR_TOKEN_CONTEXT',
    (inner) => void Object.assign(inner.row(id), { shop: 'evil.myshopify.com' }),
  ],
  [
    'its shop is gone',
    'ERR_TOKEN_CONTEXT',
    (inner) => void Object.assign(inner.row(id), { shop: undefined }),
  ],
];

async function damaged(damage: (inner: KeepingStorage) => unknown) {
  const storage = wrapped();
  await storage.storeSession(offlineSession({ refreshToken }));
  await storage.storeSession(offlineSession({ shop: 'b.myshopify.com' }));
  await damage(storage.inner);
  return storage;
}

describe.each(damages)('a session of which %s', (_how, code, damage) => {
  test(`makes loadSession reject with ${code}`, async () => {
    const storage = await damaged(damage);
    const error = await storage.loadSession(id).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, sessionId: id, field: 'accessToken' });
    expect(String(error)).not.toMatch(/shpat_|shprt_|eyJ/);
  });

  test("is undefined with unreadable: 'forget', and heals when it is stored again", async () => {
    const storage = rewrapped(await damaged(damage), { unreadable: 'forget' });
    expect(await storage.loadSession(id)).toBeUndefined();
    await storage.storeSession(offlineSession());
    expect((await storage.loadSession(id))?.accessToken).toBe(accessToken);
  });

  test('is found by its shop, with what is unreadable absent', async () => {
    const storage = await damaged(damage);
    const { shop } = storage.inner.row(id);
    const found = await storage.findSessionsByShop(shop);
    expect(found.map((session) => session.id)).toEqual([id]);
    expect(found[0]?.accessToken).toBeUndefined();
  });
});

describe('an unreadable field', () => {
  test('leaves the other fields of a found session readable', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession({ refreshToken }));
    Object.assign(storage.inner.row(id), { refreshToken: storage.inner.row(id).accessToken });
    const [found] = await storage.findSessionsByShop('a.myshopify.com');
    expect(found).toStrictEqual(offlineSession());
  });

  test('says in its message which key to add back', async () => {
    const sealing = wrapped({ keyring: oldKeyring });
    await sealing.storeSession(offlineSession());
    await expect(rewrapped(sealing).loadSession(id)).rejects.toThrow(
      /^Session offline_a\.myshopify\.com: accessToken is sealed with key "2026-05"/,
    );
  });
});
