import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import { newKey, offlineSession, oldKeyring, rewrapped, wrapped } from './subject.js';

const keyBytes = Buffer.alloc(32, 11);
const secrets = [
  newKey.slice(8, 30),
  keyBytes.toString('hex').slice(0, 20),
  '0b 0b 0b',
  '11, 11, 11',
  'shpat_',
];

test('inspecting or serialising the wrapper shows neither keys nor tokens', async () => {
  const storage = wrapped();
  await storage.storeSession(offlineSession());
  const shown = inspect(storage, { depth: Infinity, showHidden: true, getters: true });
  const texts = [shown, String(storage), JSON.stringify(storage)];
  for (const secret of secrets) {
    for (const text of texts) expect(text).not.toContain(secret);
  }
  expect(inspect(storage)).toContain(EncryptedSessionStorage.name);
});

test('inspecting or serialising an error shows neither keys nor tokens', async () => {
  const strict = wrapped();
  strict.inner.rows.set('offline_a.myshopify.com', offlineSession());
  const stranger = wrapped({ keyring: oldKeyring });
  await stranger.storeSession(offlineSession());
  const sealed = stranger.inner.row('offline_a.myshopify.com').accessToken ?? '';
  for (const storage of [strict, rewrapped(stranger)]) {
    const error = await storage
      .loadSession('offline_a.myshopify.com')
      .catch((caught: unknown) => caught);
    const texts = [
      inspect(error, { depth: Infinity, showHidden: true }),
      String(error),
      JSON.stringify(error),
    ];
    for (const text of texts) {
      for (const secret of [...secrets, sealed]) expect(text).not.toContain(secret);
    }
  }
});
