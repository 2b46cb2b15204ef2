// Sessions are replaced and re-encrypted while an app stores them.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring, reencryptSessions } from '../../src/index.js';
import { expiringOfflineSession, onlineSession } from '../conformance/sessions.js';
import { type CatalogScene, keptAtRest, shop } from './catalog-scene.js';

/** Registers the tests that need an app at work, and those of re-encryption as a whole. */
export function runningAppSuite(scene: CatalogScene): void {
  const title = 'replacing sessions loses nothing that the app stores at the same time';
  test.runIf(scene.atomic && scene.isThorough)(title, async () => {
    const shops = ['one', 'two', 'three', 'four'].map((name) => `${name}.myshopify.com`);
    let writing = shops.length;
    const newest = new Map<string, string | undefined>();
    let replaced = 0;
    const write = async (name: string) => {
      for (let round = 0; round < 40 || replaced < 10; round++) {
        const session = expiringOfflineSession(name);
        await scene.app.storeSession(session);
        newest.set(session.id, session.refreshToken);
        // The longer it takes, the longer the pauses: on a slow machine, too, some time is left.
        const longest = 20 + 4 * Math.max(0, round - 40);
        await new Promise((resolve) => setTimeout(resolve, longest * Math.random()));
      }
      writing--;
    };
    const replace = async () => {
      while (writing > 0) {
        // A database within this process answers without giving up control.
        await new Promise((resolve) => setImmediate(resolve));
        for await (const current of scene.catalog.sessions()) {
          // Opened and stored again, with the same tokens: other text, same meaning.
          const { accessToken, refreshToken } = current;
          const next = {
            ...current,
            accessToken: flip(accessToken),
            refreshToken: flip(refreshToken),
          };
          if (await scene.catalog.replaceSession(current, next)) replaced++;
        }
      }
    };
    await Promise.all([...shops.map(write), replace(), replace()]);
    for (const current of await scene.everySession()) {
      const { accessToken, refreshToken } = current;
      if (accessToken?.startsWith('flipped ')) {
        const back = {
          ...current,
          accessToken: flip(accessToken),
          refreshToken: flip(refreshToken),
        };
        await expect(scene.catalog.replaceSession(current, back)).resolves.toBe(true);
      }
      const session = await scene.app.loadSession(current.id);
      expect(session?.refreshToken).toBe(newest.get(current.id));
    }
    expect(newest.size).toBe(shops.length);
  });

  describe('reencryptSessions()', () => {
    const allowNonAtomic = !scene.atomic;

    test('brings the tokens and the user of every session to the primary key', async () => {
      const keyOf = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
      const [oldKey, newKey] = [keyOf('old'), keyOf('new')];
      const sessions = [expiringOfflineSession(shop), onlineSession(shop, 7)];
      const before = new EncryptedSessionStorage(scene.storage, {
        keyring: Keyring.parse(oldKey),
        userInfo: true,
      });
      for (const session of sessions) await before.storeSession(session);
      const keyring = Keyring.parse(`${newKey},${oldKey}`);
      const report = await reencryptSessions(scene.catalog, {
        keyring,
        userInfo: true,
        allowNonAtomic,
      });
      expect(report).toMatchObject({ scanned: 2, reencrypted: 2, byKid: { new: 2 } });
      const after = new EncryptedSessionStorage(scene.storage, {
        keyring: Keyring.parse(newKey),
      });
      for (const session of sessions) {
        expect(keptAtRest(await after.loadSession(session.id))).toEqual(keptAtRest(session));
      }
    });

    test('seals what is plaintext, and opens it again to back out', async () => {
      const sessions = [expiringOfflineSession(shop), onlineSession(shop, 7)];
      for (const session of sessions) await scene.storage.storeSession(session);
      const options = { keyring: Keyring.generate(), userInfo: true, allowNonAtomic } as const;
      await reencryptSessions(scene.catalog, { ...options, mode: 'migrate' });
      for (const session of await scene.everySession()) {
        expect(session.accessToken).toMatch(/^ey/);
        const user = session.onlineAccessInfo?.associated_user;
        if (user !== undefined) expect(user.email).toMatch(/^ey/);
      }
      await reencryptSessions(scene.catalog, { ...options, mode: 'rollback' });
      for (const session of sessions) {
        const inner = await scene.storage.loadSession(session.id);
        expect(keptAtRest(inner)).toEqual(keptAtRest(session));
      }
    });
  });
}

const mark = 'flipped ';
function flip(value: string | undefined): string {
  return value?.startsWith(mark) ? value.slice(mark.length) : `${mark}${value}`;
}
