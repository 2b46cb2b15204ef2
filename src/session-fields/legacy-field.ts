// Values that another encryption wrote, opened by the app's own function.
import { TokenUnreadableError } from '../errors.js';
import { typeName } from '../foreign-object.js';
import type { SessionField } from '../sealed-fields.js';
import { sealedTokenKid } from '../sealed-token/index.js';
import type { UnreadableState } from './field-state.js';
import { type Field, idOf, resemblesSealedField } from './fields.js';

/** Where a value of another encryption was found. */
export interface LegacyContext {
  readonly sessionId: string;
  readonly shop: string;
  /** The field, such as `accessToken` or `onlineAccessInfo.associated_user.email`. */
  readonly field: SessionField;
}

/**
 * Opens a value that another encryption wrote.
 *
 * @param value What is stored in a field, and not sealed by this package.
 * @returns The token, or `undefined` for a value that is not its own, such as plaintext. A value of its
 * own that cannot be opened is an error to be thrown; the session is then unreadable.
 *
 * @example
 * declare function decrypt(value: string): string; // as the app does now
 * const openLegacy: OpenLegacy = (value) =>
 *   value.startsWith('v1:') ? decrypt(value) : undefined;
 */
export type OpenLegacy = (
  value: string,
  context: LegacyContext,
) => string | undefined | Promise<string | undefined>;

/**
 * Opens the value of a field with `openLegacy`.
 *
 * @returns `undefined` for what is sealed by this package, or is not of the other encryption.
 */
export async function openLegacyField(
  field: Field,
  session: object,
  value: string,
  openLegacy: OpenLegacy,
): Promise<{ readonly state: 'opened'; readonly token: string } | UnreadableState | undefined> {
  if (sealedTokenKid(value) !== undefined) return undefined;
  const { shop } = session as { readonly shop?: unknown };
  if (typeof shop !== 'string') return undefined;
  const sessionId = String(idOf(session));
  const unreadable = (why: string): UnreadableState => ({
    state: 'unreadable',
    // Without a cause: the errors of other encryptions may repeat the token.
    error: new TokenUnreadableError(`Session ${sessionId}: ${field.name} cannot be read: ${why}.`, {
      sessionId,
      field: field.name,
    }),
  });
  let token: unknown;
  try {
    token = await openLegacy(value, { sessionId, shop, field: field.name });
  } catch (error) {
    return unreadable(`openLegacy threw ${typeName(error)}`);
  }
  if (token === undefined || token === value) return undefined;
  if (typeof token !== 'string' || token === '') {
    return unreadable(
      `openLegacy must answer a token or undefined, and answered ${typeName(token)}`,
    );
  }
  if (resemblesSealedField(field, token)) {
    return unreadable('what openLegacy answered is a sealed token');
  }
  return { state: 'opened', token };
}
