// Reads one field of a stored session, in whatever state it is.
import { type Awaitable, orElse, whenDone } from '../awaitable.js';
import {
  KeyUnknownError,
  type OpenTokenError,
  TokenContextError,
  TokenUnreadableError,
} from '../errors.js';
import { headerOf, openToken, type TokenContext } from '../sealed-token/index.js';
import type { PlaintextState, SealedState, UnreadableState } from './field-state.js';
import { type Field, idOf, looksLikeToken, resemblesSealedField } from './fields.js';
import { openLegacyField } from './legacy-field.js';
import type { SealingSettings } from './sealing-settings.js';

/** What a field holds, opened. `ignored`: plaintext user info, where `userInfo` is off. */
export type FieldContent =
  | { readonly state: 'ignored' }
  | (SealedState & { readonly token: string })
  | (PlaintextState & { readonly token: string })
  | UnreadableState;

/**
 * Reads one field. Sealed user info is opened even when `userInfo` is off, since it may have been on
 * before, and so is what another encryption sealed.
 *
 * @param session The session that has the field, for its `id` and its `shop`.
 * @param value What is stored in the field, which is not absent.
 */
export function readField(
  field: Field,
  session: object,
  value: unknown,
  settings: SealingSettings,
): Awaitable<FieldContent> {
  const { mode, openLegacy } = settings;
  if (openLegacy !== undefined && mode !== 'strict' && typeof value === 'string') {
    return whenDone(openLegacyField(field, session, value, openLegacy), (legacy) => {
      if (legacy?.state === 'unreadable') return legacy;
      if (legacy !== undefined) return plaintextOf(field, legacy.token, true);
      return readOurs(field, session, value, settings);
    });
  }
  return readOurs(field, session, value, settings);
}

/** Reads a field that no other encryption has sealed. */
function readOurs(
  field: Field,
  session: object,
  value: unknown,
  settings: SealingSettings,
): Awaitable<FieldContent> {
  if (typeof value !== 'string' || !resemblesSealedField(field, value)) {
    return readPlaintext(field, session, value, settings);
  }
  return orElse<FieldContent>(
    () =>
      whenDone(
        openToken(settings.keyring, value, contextOf(field, session, value)),
        ({ token, kid }) => ({ state: 'sealed', token, kid }),
      ),
    (error) => {
      if (!isOpenTokenError(error)) throw error;
      return { state: 'unreadable', error };
    },
  );
}

/** @throws {TokenContextError} The session has no shop. */
function contextOf({ name }: Field, session: object, sealed: string): TokenContext {
  const sessionId = String(idOf(session));
  const { shop } = session as { readonly shop?: unknown };
  if (typeof shop === 'string') return { sessionId, shop, field: name };
  throw new TokenContextError(
    `Session ${sessionId}: ${name} cannot be opened, because the stored session has no shop.`,
    { sessionId, field: name, kid: headerOf(sealed)?.kid },
  );
}

function readPlaintext(
  field: Field,
  session: object,
  value: unknown,
  { userInfo }: SealingSettings,
): FieldContent {
  if (field.isUserInfo && !userInfo) return { state: 'ignored' };
  if (typeof value === 'string') return plaintextOf(field, value, false);
  const sessionId = String(idOf(session));
  const error = new TokenUnreadableError(
    `Session ${sessionId}: ${field.name} in the store must be a string, but its type is ${typeof value}.`,
    { sessionId, field: field.name },
  );
  return { state: 'unreadable', error };
}

function plaintextOf(field: Field, token: string, isLegacy: boolean): FieldContent {
  return { state: 'plaintext', token, looksLikeToken: looksLikeToken(field, token), isLegacy };
}

function isOpenTokenError(error: unknown): error is OpenTokenError {
  return (
    error instanceof KeyUnknownError ||
    error instanceof TokenContextError ||
    error instanceof TokenUnreadableError
  );
}
