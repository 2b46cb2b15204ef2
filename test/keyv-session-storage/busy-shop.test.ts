// A shop's list may be long: callers who store new sessions of one shop at once do not each read it.
import { Session } from '@shopify/shopify-api';
import { expect, test } from 'vitest';
import { openSessionStorage } from '../../src/open/index.js';

/** Counts how often the list of a shop is looked at. */
class CountingMap extends Map<string, string> {
  looks = 0;
  override get(key: string): string | undefined {
    if (key.includes(':shop:')) this.looks++;
    return super.get(key);
  }
}

test('a hundred callers that store new sessions of one shop read its list a few times', async () => {
  const records = new CountingMap();
  const storage = openSessionStorage<Session>(records);
  const shop = 'busy.myshopify.com';
  const sessions = Array.from(
    { length: 100 },
    (_, user) => new Session({ id: `${shop}_${user}`, shop, state: '', isOnline: true }),
  );

  await Promise.all(sessions.map((session) => storage.storeSession(session)));

  expect(records.looks).toBeLessThan(20);
  const found = await storage.findSessionsByShop(shop);
  expect(found.map(({ id }) => id).sort()).toEqual(sessions.map(({ id }) => id).sort());
});
