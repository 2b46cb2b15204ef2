// Brings the fields of one stored session to the primary key, on a copy. Knows nothing of storages.
import { SessionEncryptionError, SessionInvalidError } from '../errors.js';
import { sealedTokenKid, sealToken } from '../sealed-token/index.js';
import { copySession, writeProperty } from './copy-session.js';
import { type FieldPlace, fieldPlaces, type Holder, idOf, type SessionField } from './fields.js';
import { openSession } from './open-session.js';
import type { SessionSealing } from './session-sealing.js';

/** How one field of a stored session stands. An absent field is not mentioned. */
export type FieldState =
  | { readonly state: 'sealed'; readonly field: SessionField; readonly kid: string }
  | { readonly state: 'plaintext'; readonly field: SessionField }
  | {
      readonly state: 'unreadable';
      readonly field: SessionField;
      readonly error: SessionEncryptionError;
    };

/** What re-sealing makes of a stored session. */
export interface ResealedSession<S> {
  /** What is to be stored in its place; undefined if it stays as it is. */
  readonly session: S | undefined;
  /** The fields as they are stored now. */
  readonly before: readonly FieldState[];
  /** The fields as they will be once `session` is stored. */
  readonly after: readonly FieldState[];
}

/**
 * Opens every field of a session as a storage handed it out, and seals with the primary key what
 * another key has sealed; in mode `migrate` also what is plaintext. In mode `rollback` everything
 * sealed becomes plaintext. `stored` is never changed; absent fields stay as they are, and so does
 * the whole session if one field of it cannot be opened or sealed.
 *
 * Sealed user info is re-sealed even when `userInfo` is off, since it may have been on before.
 */
export async function resealSession<S extends object>(
  stored: S,
  sealing: SessionSealing,
): Promise<ResealedSession<S>> {
  // Plaintext is to be told apart from what is unreadable, whatever the mode makes of it.
  const opened = await openSession(stored, { ...sealing, mode: 'migrate' });
  const before = opened.fields.map(
    (found): FieldState => (found.state === 'opened' ? { ...found, state: 'sealed' } : found),
  );
  const unchanged = { session: undefined, before, after: before };
  if (before.some(({ state }) => state === 'unreadable')) return unchanged;
  const { primary } = sealing.keyring;
  let session: S | undefined;
  const after: FieldState[] = [];
  for (const found of before) {
    const change = changeOf(found, primary, sealing);
    const place = fieldPlaces.find(({ name }) => name === found.field);
    const token = place?.holder(opened.session)?.[place.property];
    if (change === undefined || place === undefined || typeof token !== 'string') {
      after.push(found);
      continue;
    }
    session ??= copySession(stored);
    const holder = place.holder(session) ?? {};
    if (change === 'open') {
      writeProperty(holder, place.property, token);
      after.push({ state: 'plaintext', field: found.field });
      continue;
    }
    try {
      const sealedToken = await sealField(stored, place, token, sealing);
      writeProperty(holder, place.property, sealedToken);
      // A ring from a file may have been read anew meanwhile; reading the token then says which key it was.
      const isStillPrimary = sealing.keyring.primary === primary;
      const kid = isStillPrimary ? primary : (sealedTokenKid(sealedToken) ?? primary);
      after.push({ state: 'sealed', field: found.field, kid });
    } catch (error) {
      if (!(error instanceof SessionEncryptionError)) throw error;
      const refused: FieldState = { state: 'unreadable', field: found.field, error };
      const fields = before.map((field) => (field === found ? refused : field));
      return { session: undefined, before: fields, after: fields };
    }
  }
  return { session, before, after };
}

/** What is to become of a field that can be read; undefined if it is as it should be, or is left. */
function changeOf(
  found: FieldState,
  primary: string,
  { mode }: SessionSealing,
): 'seal' | 'open' | undefined {
  if (found.state === 'plaintext') return mode === 'migrate' ? 'seal' : undefined;
  if (found.state !== 'sealed') return undefined;
  if (mode === 'rollback') return 'open';
  return found.kid === primary ? undefined : 'seal';
}

function sealField(
  stored: object,
  place: FieldPlace,
  token: string,
  { keyring }: SessionSealing,
): string | Promise<string> {
  const sessionId = idOf(stored);
  const { shop } = stored as Holder;
  const field = place.name;
  if (typeof sessionId !== 'string' || typeof shop !== 'string') {
    throw new SessionInvalidError(
      `Session ${String(sessionId)}: ${field} cannot be sealed, because the stored session has no id or no shop.`,
      { sessionId: String(sessionId), field },
    );
  }
  return sealToken(keyring, token, { sessionId, shop, field });
}
