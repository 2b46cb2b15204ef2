import { describe, expect, test } from 'vitest';
import type { SessionEncryptionObserver } from '../../src/index.js';
import {
  offlineSession,
  oldKeyring,
  refreshToken,
  rewrapped,
  rolledKeyring,
  wrapped,
} from './subject.js';

const sessionId = 'offline_a.myshopify.com';

function recorder() {
  const events: unknown[] = [];
  const observer: SessionEncryptionObserver = {
    opened: (event) => void events.push(['opened', event]),
    sealed: (event) => void events.push(['sealed', event]),
    plaintext: (event) => void events.push(['plaintext', event]),
    unreadable: (event) => void events.push(['unreadable', event]),
  };
  return { events, observer };
}

describe('the observer', () => {
  test('is told what was sealed and opened, and with which key', async () => {
    const { events, observer } = recorder();
    const storage = wrapped({ observer });
    await storage.storeSession(offlineSession({ refreshToken }));
    await storage.loadSession(sessionId);
    const place = { sessionId, kid: '2026-11' };
    expect(events).toEqual([
      ['sealed', { ...place, field: 'accessToken' }],
      ['sealed', { ...place, field: 'refreshToken' }],
      ['opened', { ...place, field: 'accessToken' }],
      ['opened', { ...place, field: 'refreshToken' }],
    ]);
  });

  test('is told of a key that is no longer the primary', async () => {
    const { events, observer } = recorder();
    const sealing = wrapped({ keyring: oldKeyring });
    await sealing.storeSession(offlineSession());
    await rewrapped(sealing, { keyring: rolledKeyring, observer }).findSessionsByShop(
      'a.myshopify.com',
    );
    expect(events).toEqual([['opened', { sessionId, field: 'accessToken', kid: '2026-05' }]]);
  });

  test.each(['migrate', 'rollback'] as const)('is told of plaintext in mode %s', async (mode) => {
    const { events, observer } = recorder();
    const storage = wrapped({ mode, observer });
    storage.inner.rows.set(sessionId, offlineSession());
    await storage.loadSession(sessionId);
    expect(events).toEqual([['plaintext', { sessionId, field: 'accessToken', kid: undefined }]]);
  });

  test('is told of plaintext that mode strict refuses, as plaintext and as unreadable', async () => {
    const { events, observer } = recorder();
    const storage = wrapped({ observer });
    storage.inner.rows.set(sessionId, offlineSession());
    await storage.findSessionsByShop('a.myshopify.com');
    const event = { sessionId, field: 'accessToken', kid: undefined };
    expect(events).toEqual([
      ['plaintext', event],
      ['unreadable', { ...event, code: 'ERR_TOKEN_PLAINTEXT' }],
    ]);
  });

  test.each(['throw', 'forget'] as const)(
    'is told of a field that cannot be opened, with unreadable: %s',
    async (unreadable) => {
      const { events, observer } = recorder();
      const sealing = wrapped({ keyring: oldKeyring });
      await sealing.storeSession(offlineSession());
      await rewrapped(sealing, { unreadable, observer })
        .loadSession(sessionId)
        .catch(() => {});
      expect(events).toEqual([
        [
          'unreadable',
          { sessionId, field: 'accessToken', kid: '2026-05', code: 'ERR_KEY_UNKNOWN' },
        ],
      ]);
    },
  );

  test('is told nothing secret', async () => {
    const { events, observer } = recorder();
    const storage = wrapped({ mode: 'migrate', observer });
    storage.inner.rows.set(sessionId, offlineSession({ refreshToken }));
    const loaded = await storage.loadSession(sessionId);
    await storage.storeSession(loaded ?? offlineSession());
    await storage.loadSession(sessionId);
    expect(events).toHaveLength(6);
    expect(JSON.stringify(events)).not.toMatch(/shpat_|shprt_|eyJ/);
  });

  test('may have some callbacks only, and is their this', async () => {
    const counter = {
      count: 0,
      sealed() {
        this.count += 1;
      },
    };
    const storage = wrapped({ observer: counter });
    await storage.storeSession(offlineSession());
    await storage.loadSession(sessionId);
    expect(counter.count).toBe(1);
  });

  test('harms nothing when it throws or rejects', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const observer: SessionEncryptionObserver = {
        sealed: () => {
          throw new Error('the metrics are down');
        },
        opened: async () => {
          throw new Error('the metrics are still down');
        },
      };
      const storage = wrapped({ observer });
      expect(await storage.storeSession(offlineSession())).toBe(true);
      expect(await storage.loadSession(sessionId)).toStrictEqual(offlineSession());
      expect(await storage.findSessionsByShop('a.myshopify.com')).toHaveLength(1);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
    expect(unhandled).toEqual([]);
  });
});
