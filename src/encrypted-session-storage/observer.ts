// Tells the app's observer what happens to tokens. Nothing that an observer does can do harm.
import { callSafely } from '../app-callback.js';
import type { SessionEncryptionErrorCode } from '../errors.js';
import type { SessionField } from '../sealed-fields.js';
import type { FieldFound, FieldSealed } from '../session-fields/index.js';
import type { StoreObserver } from '../store-access/index.js';

/** What happened to one field of one session. Holds nothing secret. */
export interface FieldEvent {
  /** The `id` of the session. */
  readonly sessionId: string;
  /** The field, such as `accessToken` or `onlineAccessInfo.associated_user.email`. */
  readonly field: SessionField;
  /** The id of the key, where one is known. A plaintext token has none. */
  readonly kid: string | undefined;
}

/**
 * A field that could not be opened, or that mode `strict` refused, and the code of the error. Without
 * a field it is about a session that `findSessionsByShop` found: `ERR_SESSION_MISMATCH`, it is of another
 * shop, or `ERR_RECORD_UNREADABLE`, its record in the Keyv storage is damaged.
 */
export interface FieldUnreadableEvent extends Omit<FieldEvent, 'field'> {
  readonly field: SessionField | undefined;
  readonly code: SessionEncryptionErrorCode;
}

/**
 * Callbacks for metrics and logs. They are called while a session is stored or loaded, and are not
 * awaited; one that throws or rejects harms nothing. `store` is called where the wrapper was given a Keyv;
 * a `KeyvSessionStorage` and `openSessionStorage` take the observer as an option of their own.
 *
 * @example
 * const observer: SessionEncryptionObserver = {
 *   plaintext: ({ sessionId, field }) => console.warn(`${sessionId}: ${field} is not sealed yet`),
 *   unreadable: ({ sessionId, field, kid, code }) => console.error(sessionId, field, kid, code),
 * };
 */
export interface SessionEncryptionObserver extends StoreObserver {
  /** A stored field was opened with key `kid`. */
  readonly opened?: ((event: FieldEvent) => void) | undefined;
  /** A field was sealed with key `kid`, and is about to be stored. */
  readonly sealed?: ((event: FieldEvent) => void) | undefined;
  /** A field was found in the store as plaintext, in any mode. */
  readonly plaintext?: ((event: FieldEvent) => void) | undefined;
  /**
   * A stored field could not be opened, or was plaintext in mode `strict`; or a session was of another shop, or
   * its record was damaged.
   */
  readonly unreadable?: ((event: FieldUnreadableEvent) => void) | undefined;
}

/** Reports the fields that were sealed. */
export function reportSealed(
  observer: SessionEncryptionObserver | undefined,
  sessionId: string,
  fields: readonly FieldSealed[],
): void {
  if (observer === undefined) return;
  for (const { field, kid } of fields) notify(observer, 'sealed', { sessionId, field, kid });
}

/** Reports what was found in a stored session. */
export function reportFound(
  observer: SessionEncryptionObserver | undefined,
  sessionId: string,
  fields: readonly FieldFound[],
): void {
  if (observer === undefined) return;
  for (const found of fields) {
    const { field } = found;
    if (found.state === 'sealed') {
      notify(observer, 'opened', { sessionId, field, kid: found.kid });
    } else if (found.state === 'plaintext') {
      notify(observer, 'plaintext', { sessionId, field, kid: undefined });
    } else {
      const { code, kid } = found.error;
      if (code === 'ERR_TOKEN_PLAINTEXT') notify(observer, 'plaintext', { sessionId, field, kid });
      notify(observer, 'unreadable', { sessionId, field, kid, code });
    }
  }
}

/** Reports a session that is not handed out, or that comes without its tokens, and why. */
export function reportSession(
  observer: SessionEncryptionObserver | undefined,
  sessionId: string,
  code: SessionEncryptionErrorCode,
): void {
  if (observer === undefined) return;
  notify(observer, 'unreadable', { sessionId, field: undefined, kid: undefined, code });
}

function notify<Name extends Exclude<keyof SessionEncryptionObserver, 'store'>>(
  observer: SessionEncryptionObserver,
  name: Name,
  event: Parameters<NonNullable<SessionEncryptionObserver[Name]>>[0],
): void {
  callSafely(() => {
    const callback = observer[name] as ((event: unknown) => unknown) | undefined;
    return callback?.call(observer, event);
  });
}
