// What is added to the one list of sealed fields is sealed, opened, re-sealed, inspected and copied.
import { describe, expect, test, vi } from 'vitest';
import {
  copySessions,
  EncryptedSessionStorage,
  inspectSession,
  inspectToken,
  type Keyring,
  reencryptSessions,
} from '../../src/index.js';
import { MapCatalog, type StoredSession } from '../reencryption/map-catalog.js';
import { bothRing, newRing, oldRing, onlineSession } from '../reencryption/scene.js';
import { isSealed, moreToken, moreUserInfo } from './two-more-fields.js';

vi.mock('../../src/sealed-fields.js', async (original) => {
  const { withTwoMoreFields } = await import('./two-more-fields.js');
  return withTwoMoreFields(original);
});

const plain = onlineSession(1);
const { id, shop } = plain;
const session = {
  ...plain,
  deviceToken: 'shpdt_secret',
  onlineAccessInfo: {
    associated_user: { ...plain.onlineAccessInfo?.associated_user, id: 1, job_title: 'Manager' },
  },
};
const storageOn = (inner: MapCatalog, keyring: Keyring) =>
  new EncryptedSessionStorage(inner, { keyring, userInfo: true });

async function storeOnOldKey() {
  const inner = new MapCatalog();
  await storageOn(inner, oldRing).storeSession(session);
  return inner;
}

/** What is stored in the two fields. */
function stored(inner: MapCatalog): unknown[] {
  const row = inner.stored(id) as typeof session;
  return [row.deviceToken, row.onlineAccessInfo.associated_user.job_title];
}

describe('a field that is added to the list', () => {
  test('is sealed and opened', async () => {
    const inner = await storeOnOldKey();
    expect(stored(inner).map(isSealed)).toEqual([true, true]);
    expect(await storageOn(inner, oldRing).loadSession(id)).toEqual(session);
  });

  test('is withheld where it cannot be opened', async () => {
    const inner = await storeOnOldKey();
    await expect(storageOn(inner, newRing).loadSession(id)).rejects.toMatchObject({
      code: 'ERR_KEY_UNKNOWN',
    });
  });

  test('is re-sealed', async () => {
    const inner = await storeOnOldKey();
    const report = await reencryptSessions(inner, { keyring: bothRing, userInfo: true });
    expect({ ...report.byKid }).toEqual({ new: 1 });
    expect(await storageOn(inner, newRing).loadSession(id)).toEqual(session);
  });

  test('is inspected', async () => {
    const inner = await storeOnOldKey();
    const inspections = await inspectSession(inner.stored(id), oldRing);
    for (const { name: field } of [moreToken, moreUserInfo]) {
      expect(inspections).toContainEqual(expect.objectContaining({ field, opens: true }));
    }
    for (const token of stored(inner)) {
      const inspection = await inspectToken(String(token), oldRing, { sessionId: id, shop });
      expect(inspection.opens).toBe(true);
    }
  });

  test('is copied, and the copy is compared in it', async () => {
    const [inner, copy] = [await storeOnOldKey(), new MapCatalog()];
    expect(await copySessions(inner, copy)).toMatchObject({ copied: 1 });
    expect(stored(copy)).toEqual(stored(inner));

    const changed: StoredSession & { deviceToken?: string } = { ...copy.stored(id) };
    delete changed.deviceToken;
    await copy.storeSession(changed);
    expect(await copySessions(inner, copy, { dryRun: true })).toMatchObject({
      copied: 0,
      different: 1,
    });
  });
});
