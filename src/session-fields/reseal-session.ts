// Brings the fields of one stored session to the primary key, on a copy. Knows nothing of storages.
import { SessionEncryptionError, SessionInvalidError } from '../errors.js';
import { sealedTokenKid, sealToken } from '../sealed-token/index.js';
import { copySession, writeProperty } from './copy-session.js';
import { eachInTurn } from './each-in-turn.js';
import { type FieldPlace, fieldPlaces, type Holder, idOf, type SessionField } from './fields.js';
import { type OpenedSession, openSession } from './open-session.js';
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
export function resealSession<S extends object>(
  stored: S,
  sealing: SessionSealing,
): ResealedSession<S> | Promise<ResealedSession<S>> {
  // Plaintext is to be told apart from what is unreadable, whatever the mode makes of it.
  const opened = openSession(stored, { ...sealing, mode: 'migrate' });
  return opened instanceof Promise
    ? opened.then((known) => resealOpened(stored, known, sealing))
    : resealOpened(stored, opened, sealing);
}

function resealOpened<S extends object>(
  stored: S,
  opened: OpenedSession<S>,
  sealing: SessionSealing,
): ResealedSession<S> | Promise<ResealedSession<S>> {
  const before = opened.fields.map(
    (found): FieldState => (found.state === 'opened' ? { ...found, state: 'sealed' } : found),
  );
  const { primary } = sealing.keyring;
  const changes: Change[] = [];
  for (const [index, found] of before.entries()) {
    const change = changeOf(found, primary, sealing);
    const place = fieldPlaces.find(({ name }) => name === found.field);
    const token = place?.holder(opened.session)?.[place.property];
    if (change === undefined || place === undefined || typeof token !== 'string') continue;
    changes.push({ index, place, token, change });
  }
  if (changes.length === 0 || before.some(isUnreadable)) {
    return { session: undefined, before, after: before };
  }
  const session = copySession(stored);
  const after = [...before];
  const finish = (): ResealedSession<S> => {
    if (!after.some(isUnreadable)) return { session, before, after };
    // What cannot be sealed stays as it is, and everything else with it.
    const fields = before.map((found, index) => {
      const outcome = after[index];
      return outcome !== undefined && isUnreadable(outcome) ? outcome : found;
    });
    return { session: undefined, before: fields, after: fields };
  };
  const pending = eachInTurn(changes, (change) =>
    changeField(change, { stored, session, after, primary, sealing }),
  );
  return pending === undefined ? finish() : pending.then(finish);
}

/** What is to become of one field. */
interface Change {
  /** Of the field among all those that were found. */
  readonly index: number;
  readonly place: FieldPlace;
  readonly token: string;
  readonly change: 'seal' | 'open';
}

interface Resealing {
  readonly stored: object;
  /** The copy that is being changed. */
  readonly session: object;
  readonly after: FieldState[];
  readonly primary: string;
  readonly sealing: SessionSealing;
}

function changeField(
  { index, place, token, change }: Change,
  { stored, session, after, primary, sealing }: Resealing,
): Promise<void> | undefined {
  const field = place.name;
  const write = (value: string, state: FieldState) => {
    writeProperty(place.holder(session) ?? {}, place.property, value);
    after[index] = state;
  };
  if (change === 'open') {
    write(token, { state: 'plaintext', field });
    return undefined;
  }
  const finish = (sealedToken: string) => {
    // A ring from a file may have been read anew meanwhile; reading the token then says which key it was.
    const isStillPrimary = sealing.keyring.primary === primary;
    const kid = isStillPrimary ? primary : (sealedTokenKid(sealedToken) ?? primary);
    write(sealedToken, { state: 'sealed', field, kid });
  };
  const refuse = (error: unknown) => {
    if (!(error instanceof SessionEncryptionError)) throw error;
    after[index] = { state: 'unreadable', field, error };
  };
  try {
    const sealedToken = sealField(stored, place, token, sealing);
    if (sealedToken instanceof Promise) return sealedToken.then(finish).catch(refuse);
    finish(sealedToken);
  } catch (error) {
    refuse(error);
  }
  return undefined;
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

function isUnreadable({ state }: FieldState): boolean {
  return state === 'unreadable';
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
