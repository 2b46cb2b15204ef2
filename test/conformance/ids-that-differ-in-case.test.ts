// MySQL compares ids without case unless a collation says otherwise, so two sessions may share a row.
import { describe, expect, onTestFinished, test } from 'vitest';
import { EncryptedSessionStorage, Keyring, SessionMismatchError } from '../../src/index.js';
import { sharedServer } from '../servers/shared.js';
import type { Backend } from './backend.js';
import { officialDrizzleMysql } from './backends/official-drizzle.js';
import { officialMysql } from './backends/official-mysql.js';
import { officialPrismaMysql } from './backends/official-prisma-on-servers.js';
import { offlineSession } from './sessions.js';

const server = sharedServer('mysql');

async function open(backend: Backend) {
  const place = await backend.create(server ?? '');
  onTestFinished(() => backend.drop(place));
  const { storage, close } = await backend.connect(place);
  onTestFinished(close);
  return storage;
}

const lower = offlineSession('flowers.myshopify.com');
const upper = offlineSession('Flowers.myshopify.com');

describe
  .skipIf(server === undefined)
  .each([officialMysql, officialPrismaMysql, officialDrizzleMysql])('$name', (backend) => {
  test('bare, answers with the session of an id that differs in case, and keeps one of the two', async () => {
    const storage = await open(backend);
    await storage.storeSession(lower);
    expect((await storage.loadSession(upper.id))?.accessToken).toBe(lower.accessToken);
    await storage.storeSession(upper);
    expect((await storage.loadSession(lower.id))?.accessToken).toBe(upper.accessToken);
  });

  test('wrapped, keeps one of the two as well, and never answers with the other', async () => {
    const keyring = Keyring.generate();
    const storage = new EncryptedSessionStorage(await open(backend), { keyring });
    await storage.storeSession(lower);
    await expect(storage.loadSession(upper.id)).rejects.toThrow(SessionMismatchError);
    expect((await storage.loadSession(lower.id))?.accessToken).toBe(lower.accessToken);

    await storage.storeSession(upper);
    // One after the other: Prisma joins queries made at the same time into one, and then compares ids with case.
    await expect(storage.loadSession(lower.id)).rejects.toThrow(SessionMismatchError);
    expect((await storage.loadSession(upper.id))?.accessToken).toBe(upper.accessToken);
    expect(await storage.deleteSession(upper.id)).toBe(true);
    expect(await storage.loadSession(upper.id)).toBeUndefined();
  });
});
