// A storage that was disconnected stays so: it refuses every call, and opens nothing again.
import { Session } from '@shopify/shopify-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSessionStorage } from '../../src/open/index.js';
import { places } from './places.js';

const shop = 'closed.myshopify.com';
const session = new Session({ id: `offline_${shop}`, shop, state: 's', isOnline: false });

// Over memory there is nothing to close.
const closed = Object.entries(places).filter(([name]) => name !== 'memory');

describe.each(closed)('%s', (_name, create) => {
  test('every call after `disconnect` is refused, not only the first', async () => {
    const { url, drop } = await create();
    onTestFinished(async () => void (await drop()));
    const storage = openSessionStorage(url);
    await storage.storeSession(session);
    await storage.disconnect();
    onTestFinished(() => storage.disconnect());

    for (let call = 1; call <= 3; call++) {
      await expect(storage.loadSession(session.id)).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        cause: { message: 'The session store was disconnected.' },
      });
      await expect(storage.storeSession(session)).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        mayHaveTakenEffect: false,
      });
    }
  });
});
