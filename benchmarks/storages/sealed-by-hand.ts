// The least that encrypting in front of a storage can be: the bare cipher on the one token. No key id,
// no binding, no check, no care for the session that is handed over: the measure of what ours adds.
import { Session } from '@shopify/shopify-api';
import { bareOpen, bareSeal } from '../sealing/bare-cipher.js';
import type { StorageUnderTest } from './storage-under-test.js';

/** @param tested The storage to put it in front of. */
export function sealedByHand(tested: StorageUnderTest, name: string): StorageUnderTest {
  const { storage } = tested;
  return {
    name,
    storage: {
      storeSession(session) {
        const copy: Session = Object.assign(Object.create(Session.prototype), session);
        copy.accessToken = bareSeal(session.accessToken ?? '');
        return storage.storeSession(copy);
      },
      async loadSession(id) {
        const session = await storage.loadSession(id);
        if (session !== undefined) session.accessToken = bareOpen(session.accessToken ?? '');
        return session;
      },
      // These it has no part in.
      findSessionsByShop: (shop) => storage.findSessionsByShop(shop),
      deleteSession: (id) => storage.deleteSession(id),
      deleteSessions: (ids) => storage.deleteSessions(ids),
    },
    close: tested.close,
  };
}
