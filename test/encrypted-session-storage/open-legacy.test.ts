// A table that another encryption wrote is read and taken over.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { cloakedStringRegex, decryptStringSync, encryptStringSync, generateKey } from '@47ng/cloak';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { type LegacyContext, type OpenLegacy, reencryptSessions } from '../../src/index.js';
import { MapCatalog } from '../reencryption/map-catalog.js';
import {
  accessToken,
  keyring,
  offlineSession,
  onlineSession,
  refreshToken,
  rewrapped,
  shop,
  wrapped,
} from './subject.js';

const id = offlineSession().id;
const cloakKey = generateKey();
const secret = Buffer.alloc(32, 3);

interface OtherEncryption {
  seal(token: string): string | Promise<string>;
  readonly open: OpenLegacy;
}

/** AES-256-GCM as one writes it by hand: `iv:ciphertext:tag` in hexadecimal. */
const homeMade: OtherEncryption = {
  seal(token) {
    const iv = Buffer.alloc(12, 9);
    const cipher = createCipheriv('aes-256-gcm', secret, iv);
    const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    return [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('hex')).join(':');
  },
  open(value) {
    if (!/^[0-9a-f]{24}:[0-9a-f]*:[0-9a-f]{32}$/.test(value)) return undefined;
    const [iv, ciphertext, tag] = value.split(':').map((part) => Buffer.from(part, 'hex'));
    const empty = Buffer.alloc(0);
    const decipher = createDecipheriv('aes-256-gcm', secret, iv ?? empty);
    decipher.setAuthTag(tag ?? empty);
    return decipher.update(ciphertext ?? empty, undefined, 'utf8') + decipher.final('utf8');
  },
};

const encryptions: [string, OtherEncryption][] = [
  ['an AES-256-GCM of its own', homeMade],
  [
    'cloak, which prisma-field-encryption uses',
    {
      seal: (token) => encryptStringSync(token, cloakKey),
      open: (value) =>
        cloakedStringRegex.test(value) ? decryptStringSync(value, cloakKey) : undefined,
    },
  ],
  [
    'a JWE that begins as ours do',
    {
      seal: (token) =>
        new CompactEncrypt(Buffer.from(token))
          .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
          .encrypt(secret),
      async open(value) {
        if (!value.includes('..')) return undefined;
        const { plaintext } = await compactDecrypt(value, secret);
        return Buffer.from(plaintext).toString();
      },
    },
  ],
];

describe.each(encryptions)('tokens that were sealed with %s', (_, { seal, open: openLegacy }) => {
  const sealedSession = async () =>
    offlineSession({
      accessToken: await seal(accessToken),
      refreshToken: await seal(refreshToken),
    });

  test('are read in mode migrate, and sealed the next time they are stored', async () => {
    const storage = wrapped({ mode: 'migrate', openLegacy });
    storage.inner.rows.set(id, await sealedSession());
    const loaded = await storage.loadSession(id);
    expect(loaded).toStrictEqual(offlineSession({ refreshToken }));
    await storage.storeSession(loaded ?? offlineSession());
    expect(await rewrapped(storage).loadSession(id)).toStrictEqual(loaded);
  });

  test('are read in mode rollback, and written as plaintext', async () => {
    const storage = wrapped({ mode: 'rollback', openLegacy });
    storage.inner.rows.set(id, await sealedSession());
    const [found] = await storage.findSessionsByShop(shop);
    expect(found).toStrictEqual(offlineSession({ refreshToken }));
    await storage.storeSession(found ?? offlineSession());
    expect(storage.inner.row(id).refreshToken).toBe(refreshToken);
  });

  test('are refused in mode strict', async () => {
    const storage = wrapped({ openLegacy });
    storage.inner.rows.set(id, await sealedSession());
    await expect(storage.loadSession(id)).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_TOKEN_(PLAINTEXT|UNREADABLE)$/),
    });
  });

  test('are sealed by re-encryption in mode migrate, and opened in mode rollback', async () => {
    for (const mode of ['migrate', 'rollback'] as const) {
      const store = new MapCatalog();
      await store.storeSession({ ...(await sealedSession()) });
      await reencryptSessions(store, { keyring, mode, openLegacy });
      const { accessToken: stored } = store.stored(id);
      expect(stored?.startsWith('eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoi')).toBe(
        mode === 'migrate',
      );
      expect(stored === accessToken).toBe(mode === 'rollback');
    }
  });

  test('that are plaintext beside them, or sealed here already, are read as ever', async () => {
    const storage = wrapped({ mode: 'migrate', openLegacy });
    storage.inner.rows.set(id, offlineSession());
    expect((await storage.loadSession(id))?.accessToken).toBe(accessToken);
    await storage.storeSession(offlineSession());
    expect((await storage.loadSession(id))?.accessToken).toBe(accessToken);
  });
});

describe('openLegacy', () => {
  test('is told where the value stands, and is not asked about tokens that are sealed here', async () => {
    const asked: [string, LegacyContext][] = [];
    const openLegacy: OpenLegacy = (value, context) => {
      asked.push([value, context]);
      return undefined;
    };
    const storage = wrapped({ mode: 'migrate', openLegacy, userInfo: true });
    await storage.storeSession(onlineSession());
    await storage.loadSession(onlineSession().id);
    expect(asked).toEqual([]);
    storage.inner.rows.set(id, offlineSession());
    await storage.loadSession(id);
    expect(asked).toEqual([[accessToken, { sessionId: id, shop, field: 'accessToken' }]]);
  });

  test('opens user info also where userInfo is off, and re-encryption seals it', async () => {
    const session = onlineSession();
    const user = session.onlineAccessInfo?.associated_user;
    Object.assign(user ?? {}, { email: await homeMade.seal('ada@example.com') });
    const options = { mode: 'migrate', openLegacy: homeMade.open } as const;
    const storage = wrapped(options);
    storage.inner.rows.set(session.id, session);
    const loaded = await storage.loadSession(session.id);
    expect(loaded?.onlineAccessInfo?.associated_user.email).toBe('ada@example.com');

    const store = new MapCatalog();
    await store.storeSession(JSON.parse(JSON.stringify(session)));
    await reencryptSessions(store, { keyring, ...options });
    const stored = store.stored(session.id).onlineAccessInfo?.associated_user;
    expect(stored?.email).toMatch(/^eyJhbGciOiJkaXIi/);
    expect(stored?.first_name).toBe('Ada');
  });

  test.each([
    ['throws', () => Promise.reject(new Error(`cannot open ${accessToken}`))],
    ['answers a number', () => 7 as never],
    ['answers nothing', () => ''],
    ['answers a sealed token', () => `eyJhbGciOiJkaXIi${'x'.repeat(90)}`],
  ])('that %s makes the session unreadable, without a word of the token', async (_, openLegacy) => {
    const storage = wrapped({ mode: 'migrate', openLegacy });
    storage.inner.rows.set(id, offlineSession({ accessToken: 'sealed in another way' }));
    const error = await storage.loadSession(id).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ERR_TOKEN_UNREADABLE', sessionId: id });
    expect(String(error)).toContain('openLegacy');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/shpat_|sealed in another way/);
    expect(error).not.toHaveProperty('cause');
  });

  test('leaves to be counted what it does not know and does not look like a token', async () => {
    const store = new MapCatalog();
    await store.storeSession({ ...offlineSession({ accessToken: 'v0:unknown' }) });
    await store.storeSession({ ...offlineSession({ shop: 'b.myshopify.com' }) });
    const report = await reencryptSessions(store, {
      keyring,
      mode: 'migrate',
      openLegacy: homeMade.open,
    });
    expect(store.stored(id).accessToken).toBe('v0:unknown');
    expect(store.stored('offline_b.myshopify.com').accessToken).toMatch(/^eyJhbGciOiJkaXIi/);
    expect(report.plaintext).toBe(1);
  });
});
