// Looks at sealed tokens and says how they stand, without ever handing out what is in them.
import { assertText, invalidOption } from './checked-options.js';
import {
  OptionInvalidError,
  SessionEncryptionError,
  type SessionEncryptionErrorCode,
  TokenContextError,
} from './errors.js';
import { memberOf } from './foreign-object.js';
import type { Keyring } from './key-ring/index.js';
import { keysOf } from './key-ring/internal.js';
import { sealedFields } from './sealed-fields.js';
import { headerOf, openToken, resemblesSealedToken } from './sealed-token/index.js';
import type { SessionLike } from './session.js';
import { resealSession } from './session-fields/index.js';

/** The names of the sealed fields. */
const fields: readonly string[] = sealedFields.map(({ name }) => name);

/** What was found out about one token. */
export interface TokenInspection {
  readonly field?: string | undefined;
  readonly state: 'sealed' | 'plaintext' | 'unreadable';
  /** The header as it stands; believed only where the token opens. */
  readonly header: Readonly<Record<string, string>> | undefined;
  readonly characters: number;
  readonly opens: boolean;
  readonly code?: SessionEncryptionErrorCode | undefined;
  readonly message: string;
}

/** Where a token is said to belong. */
export interface ClaimedPlace {
  readonly sessionId: string;
  readonly shop: string;
  /** Any, if not given. */
  readonly field?: string | undefined;
}

/**
 * Looks at a sealed token by itself: its header, and whether it opens. Never hands out what is in it.
 *
 * @param token What was found in a store.
 * @param keyring The keys to try it with.
 * @param place Where it was found. Without it, the token's context cannot be checked.
 * @throws {OptionInvalidError} An argument is invalid, or `place.field` is not a field that is sealed.
 *
 * @example
 * const { opens, message } = await inspectToken(row.accessToken, Keyring.fromEnv());
 */
export async function inspectToken(
  token: string,
  keyring: Keyring,
  place?: ClaimedPlace,
): Promise<TokenInspection> {
  keysOf(keyring);
  assertText(token, 'token');
  if (place !== undefined && !hasTexts(place, 'sessionId', 'shop')) {
    throw invalidOption('place', 'an object with the texts sessionId and shop', place);
  }
  if (place?.field !== undefined && !fields.includes(place.field)) {
    throw new OptionInvalidError(`The field must be one of ${fields.join(', ')}.`);
  }
  const characters = token.length;
  if (!resemblesSealedToken(token)) {
    const message = 'this is not a sealed token.';
    return { state: 'plaintext', header: undefined, characters, opens: false, message };
  }
  const found = { state: 'sealed', header: shownHeader(token), characters } as const;
  // A context that cannot be: an authentic token is refused for its place, and for nothing else.
  const claimed = place ?? { sessionId: '', shop: '' };
  let failure: SessionEncryptionError | undefined;
  for (const field of place?.field === undefined ? fields : [place.field]) {
    try {
      await openToken(keyring, token, { ...claimed, field });
      const message = `authentic, and sealed for ${field} of session ${claimed.sessionId}.`;
      return { ...found, opens: true, message };
    } catch (error) {
      if (!(error instanceof SessionEncryptionError)) throw error;
      failure = error;
      if (!(error instanceof TokenContextError)) break;
    }
  }
  if (place === undefined && failure instanceof TokenContextError) {
    const message = 'authentic. Its session and its shop are needed to check where it belongs.';
    return { ...found, opens: true, message };
  }
  return { ...found, opens: false, code: failure?.code, message: messageOf(failure, place) };
}

/** What is wrong with a token; no field that nobody gave is named. */
function messageOf(failure: SessionEncryptionError | undefined, place: ClaimedPlace | undefined) {
  const { message = '', field } = failure ?? {};
  if (place === undefined) return message.replace(/^Session : \w+/, 'The token');
  return place.field === undefined ? message.replace(`: ${field} `, ': the token ') : message;
}

/**
 * Looks at every field of a stored session that may be sealed and is there.
 *
 * @param session As a catalog hands it out, tokens sealed.
 * @param keyring The keys to try it with.
 * @throws {OptionInvalidError} An argument is invalid.
 *
 * @example
 * const [accessToken] = await inspectSession(session, Keyring.fromEnv());
 */
export async function inspectSession(
  session: SessionLike,
  keyring: Keyring,
): Promise<TokenInspection[]> {
  keysOf(keyring);
  if (!hasTexts(session, 'id')) {
    throw invalidOption('session', 'an object with an id', session);
  }
  const resealed = await resealSession(session, {
    keyring,
    mode: 'strict',
    userInfo: false,
    dryRun: true,
  });
  return resealed.fields.map(({ field, after: found }): TokenInspection => {
    const value = valueAt(session, field);
    const about = { field, characters: value.length, header: shownHeader(value) };
    if (found.state === 'sealed') {
      return { ...about, state: 'sealed', opens: true, message: 'authentic, and in its place.' };
    }
    if (found.state === 'plaintext') {
      const message = 'this token is not sealed.';
      return { ...about, header: undefined, state: 'plaintext', opens: false, message };
    }
    const { code, message } = found.error;
    const state = resemblesSealedToken(value) ? 'sealed' : 'unreadable';
    return { ...about, state, opens: false, code, message };
  });
}

function hasTexts(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof memberOf(value, name) === 'string');
}

function valueAt(session: SessionLike, field: string): string {
  const value = field.split('.').reduce<unknown>(memberOf, session);
  return typeof value === 'string' ? value : '';
}

/**
 * The header of a sealed token, possibly cut short. Any other is not shown: it is not ours, and may hold
 * a secret.
 */
function shownHeader(token: string): Record<string, string> | undefined {
  const header = headerOf(token);
  if (header === undefined) return undefined;
  const { enc, kid, ctx = '' } = header;
  return { alg: 'dir', enc, kid, ...(/^[\w-]{16}$/.test(ctx) ? { ctx } : {}) };
}
