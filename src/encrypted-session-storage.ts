// The public EncryptedSessionStorage: the wrapper, over a session storage or over a Keyv.
import {
  type EncryptedSessionStorageOptions,
  SessionStorageDecorator,
} from './encrypted-session-storage/index.js';
import { isKeyv, type KeyvLike, KeyvSessionStorage } from './keyv-session-storage/index.js';
import type { SessionStorageLike } from './session.js';

/** What an `EncryptedSessionStorage` over `T` wraps: a session storage itself, or one over a Keyv. */
export type InnerStorage<T extends SessionStorageLike | KeyvLike> = T extends SessionStorageLike
  ? T
  : KeyvSessionStorage;

/**
 * A session storage that seals access and refresh tokens before they reach the storage that it
 * wraps, and opens them when sessions are loaded. Use it wherever that storage was used.
 *
 * @example
 * // Keys come from the environment: SESSION_ENCRYPTION_KEYS=kid:base64url
 * const shopify = shopifyApp({
 *   // …
 *   sessionStorage: new EncryptedSessionStorage(new PrismaSessionStorage(prisma)),
 * });
 *
 * @example
 * // Any Keyv will do.
 * const sessionStorage = new EncryptedSessionStorage(new Keyv(new KeyvRedis('redis://localhost')));
 */
export class EncryptedSessionStorage<
  T extends SessionStorageLike | KeyvLike,
> extends SessionStorageDecorator<InnerStorage<T>> {
  /**
   * @param inner A session storage of any release of shopify-api, or a Keyv of release 5 or 6, which
   * becomes a `KeyvSessionStorage`.
   * @param options See `EncryptedSessionStorageOptions`.
   * @throws {OptionInvalidError} `inner` is neither, or an option is invalid.
   * @throws {KeyringInvalidError} No `keyring` is given, and the environment holds no usable one.
   */
  constructor(inner: T, options?: EncryptedSessionStorageOptions) {
    // The condition below is the one that the type states; the compiler cannot see that.
    const { observer } = options ?? {};
    const storage = isKeyv(inner) ? new KeyvSessionStorage(inner, { observer }) : inner;
    super(storage as InnerStorage<T>, options);
  }
}
