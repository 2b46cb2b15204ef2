// Reads one field of a stored session, in whatever state it is.
import {
  KeyUnknownError,
  type OpenTokenError,
  TokenContextError,
  TokenUnreadableError,
} from '../errors.js';
import { headerOf, openToken } from '../sealed-token/index.js';
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
export async function readField(
  field: Field,
  session: object,
  value: unknown,
  { keyring, mode, userInfo, openLegacy }: SealingSettings,
): Promise<FieldContent> {
  if (openLegacy !== undefined && mode !== 'strict' && typeof value === 'string') {
    const legacy = await openLegacyField(field, session, value, openLegacy);
    if (legacy?.state === 'unreadable') return legacy;
    if (legacy !== undefined) {
      const { token } = legacy;
      return {
        state: 'plaintext',
        token,
        looksLikeToken: looksLikeToken(field, token),
        isLegacy: true,
      };
    }
  }
  const { name } = field;
  const sessionId = String(idOf(session));
  if (typeof value === 'string' && resemblesSealedField(field, value)) {
    const { shop } = session as { readonly shop?: unknown };
    if (typeof shop !== 'string') {
      return unreadable(
        new TokenContextError(
          `Session ${sessionId}: ${name} cannot be opened, because the stored session has no shop.`,
          { sessionId, field: name, kid: headerOf(value)?.kid },
        ),
      );
    }
    try {
      const { token, kid } = await openToken(keyring, value, { sessionId, shop, field: name });
      return { state: 'sealed', token, kid };
    } catch (error) {
      if (!isOpenTokenError(error)) throw error;
      return unreadable(error);
    }
  }
  if (field.isUserInfo && !userInfo) return { state: 'ignored' };
  if (typeof value !== 'string') {
    return unreadable(
      new TokenUnreadableError(
        `Session ${sessionId}: ${name} in the store must be a string, but its type is ${typeof value}.`,
        { sessionId, field: name },
      ),
    );
  }
  return {
    state: 'plaintext',
    token: value,
    looksLikeToken: looksLikeToken(field, value),
    isLegacy: false,
  };
}

function unreadable(error: OpenTokenError): UnreadableState {
  return { state: 'unreadable', error };
}

function isOpenTokenError(error: unknown): error is OpenTokenError {
  return (
    error instanceof KeyUnknownError ||
    error instanceof TokenContextError ||
    error instanceof TokenUnreadableError
  );
}
