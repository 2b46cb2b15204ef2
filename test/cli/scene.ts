// A SQLite store with sessions for the command line to work on, in a folder of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { EncryptedSessionStorage, Keyring, type SessionLike } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { openSessionStorage } from '../../src/open/index.js';

export const oldKey = generateKey({ kid: 'old' }).text;
export const newKey = generateKey({ kid: 'new' }).text;
/** The environment during a rotation, before it, and after it. */
export const bothKeys = { SESSION_ENCRYPTION_KEYS: `${newKey},${oldKey}` };
export const onlyOldKey = { SESSION_ENCRYPTION_KEYS: oldKey };
export const onlyNewKey = { SESSION_ENCRYPTION_KEYS: newKey };

/** Sessions as they are stored, whatever release of shopify-api is installed. */
export class TestSession implements SessionLike {
  declare readonly id: string;
  declare shop: string;
  declare state: string;
  declare isOnline: boolean;
  declare expires?: Date;
  declare accessToken: string;
  declare refreshToken: string;
}

export const sessionNumber = (n: number): TestSession => ({
  id: `offline_shop-${n}.myshopify.com`,
  shop: `shop-${n}.myshopify.com`,
  state: 'state',
  isOnline: false,
  accessToken: `shpat_secret_${n}`,
  refreshToken: `shprt_secret_${n}`,
});

/** A folder that is removed when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'encrypted-sessions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a store in this process, as an app would without us. */
export async function withStore<T>(
  url: string,
  use: (store: ReturnType<typeof openSessionStorage<TestSession>>) => Promise<T>,
): Promise<T> {
  const store = openSessionStorage<TestSession>(url, { Session: TestSession });
  try {
    return await use(store);
  } finally {
    await store.disconnect();
  }
}

/** Stores sessions 1 to `count`, sealed with the primary key of `keys`; without keys, as plaintext. */
export async function storeSessions(url: string, count: number, keys?: string): Promise<void> {
  await withStore(url, async (store) => {
    const keyring = keys === undefined ? undefined : Keyring.parse(keys);
    const app = keyring && new EncryptedSessionStorage(store, { keyring, mode: 'strict' });
    for (let n = 1; n <= count; n++) await (app ?? store).storeSession(sessionNumber(n));
  });
}

/** The sessions in a store as an app with `keys` loads them. */
export function loadSessions(url: string, count: number, keys: string) {
  return withStore(url, (store) => {
    const app = new EncryptedSessionStorage(store, {
      keyring: Keyring.parse(keys),
      mode: 'strict',
    });
    const ids = Array.from({ length: count }, (_, n) => sessionNumber(n + 1).id);
    return Promise.all(ids.map((id) => app.loadSession(id)));
  });
}

/** A store of its own with `count` sessions under the old key. */
export async function storeOnOldKey(count: number): Promise<string> {
  const url = `sqlite:${join(await temporaryFolder(), 'sessions.db')}`;
  await storeSessions(url, count, oldKey);
  return url;
}
