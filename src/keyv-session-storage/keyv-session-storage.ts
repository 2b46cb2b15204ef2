// A session storage over any Keyv store. It seals nothing itself: wrap it.
import { OptionInvalidError } from '../errors.js';
import type { SessionLike } from '../session.js';
import { describeWrongStorage } from '../wrong-storage.js';
import type { InstalledSession } from './installed-session.js';
import { atomicStoreOf } from './keyv-adapters.js';
import { isKeyv, type KeyvLike } from './keyv-like.js';
import { type KeyvSessionStorageOptions, recordOptions } from './options.js';
import { RecordSessionStorage } from './record-session-storage.js';

/**
 * Keeps Shopify sessions in any Keyv 5 or 6 store: Redis, PostgreSQL, SQLite, memory and others. It
 * stores tokens as they are given; `new EncryptedSessionStorage(keyv)` makes one and seals them.
 *
 * It works on the adapter behind the Keyv, so `ttl`, `serialize` and hooks of the Keyv do not apply;
 * its `namespace` does. Every failure of the store rejects with `StoreUnavailableError` within the
 * deadline; a store that is down is never 'no session'.
 *
 * @example
 * import { Keyv } from 'keyv';
 * const storage = new KeyvSessionStorage(new Keyv(), { deadline: 2000 });
 * await storage.storeSession(session);
 * const sessions = await storage.findSessionsByShop('a.myshopify.com');
 */
export class KeyvSessionStorage<
  S extends SessionLike = InstalledSession,
> extends RecordSessionStorage<S> {
  /**
   * @param keyv A Keyv of release 5 or 6.
   * @param options See `KeyvSessionStorageOptions`.
   * @throws OptionInvalidError if `keyv` is not a Keyv, or an option does not exist or is invalid.
   */
  constructor(keyv: KeyvLike, options: KeyvSessionStorageOptions<S> = {}) {
    if (!isKeyv(keyv)) {
      throw new OptionInvalidError(
        `KeyvSessionStorage needs a Keyv, such as new Keyv(), but was given ${describeWrongStorage(keyv)}.`,
      );
    }
    super((access) => {
      // Without a listener an error event of the client would end the process. It stays after `disconnect`: a
      // client that is being closed may still have one, which Keyv 6 throws if nobody listens.
      keyv.on('error', (error: unknown) => access.noteEvent(error));
      const store = atomicStoreOf(keyv, access);
      const close = async () => {
        await store.close?.();
        await keyv.disconnect();
      };
      return { store, namespace: keyv.namespace, close };
    }, recordOptions(options));
  }
}
