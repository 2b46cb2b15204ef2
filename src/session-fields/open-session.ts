// Opens the tokens of one stored session, on a copy. Knows nothing of storages.
import {
  KeyUnknownError,
  type OpenTokenError,
  TokenContextError,
  TokenPlaintextError,
  TokenUnreadableError,
} from '../errors.js';
import { type OpenedToken, openToken } from '../sealed-token/index.js';
import { copySession, writeProperty } from './copy-session.js';
import { eachInTurn } from './each-in-turn.js';
import {
  type FieldPlace,
  fieldPlaces,
  type Holder,
  idOf,
  isAbsentToken,
  isAbsentUserInfo,
  isNothingSpelledOut,
  resemblesSealedField,
  type SessionField,
} from './fields.js';
import type { SessionSealing } from './session-sealing.js';

/** What was found in one field of a stored session. An absent field is not mentioned. */
export type FieldFound =
  | { readonly state: 'opened'; readonly field: SessionField; readonly kid: string }
  | { readonly state: 'plaintext'; readonly field: SessionField }
  | {
      readonly state: 'unreadable';
      readonly field: SessionField;
      readonly error: OpenTokenError | TokenPlaintextError;
    };

/** A stored session with its tokens opened, and what was found in its fields. */
export interface OpenedSession<S> {
  /** A copy. Unreadable fields are absent in it. */
  readonly session: S;
  readonly fields: readonly FieldFound[];
}

/**
 * Opens the tokens of a session as a storage handed it out. `stored` is never changed. A field that
 * cannot be opened, or that is plaintext in mode `strict`, is absent in the result and reported in
 * `fields` with its error: neither ciphertext nor doubtful plaintext ever gets out.
 *
 * Sealed user info is opened even when `userInfo` is off, since it may have been on before.
 */
export function openSession<S extends object>(
  stored: S,
  sealing: SessionSealing,
): OpenedSession<S> | Promise<OpenedSession<S>> {
  const session = copySession(stored);
  const fields: FieldFound[] = [];
  const opening = { stored, session, sealing, fields };
  const pending = eachInTurn(fieldPlaces, (place) => openField(place, opening));
  return pending === undefined ? { session, fields } : pending.then(() => ({ session, fields }));
}

interface Opening {
  readonly stored: object;
  readonly session: object;
  readonly sealing: SessionSealing;
  readonly fields: FieldFound[];
}

function openField(place: FieldPlace, opening: Opening): Promise<void> | undefined {
  const { stored, session, sealing, fields } = opening;
  const holder = place.holder(session);
  if (holder === undefined) return undefined;
  const { name: field, isUserInfo, property } = place;
  const value = place.holder(stored)?.[property];
  if (isUserInfo ? isAbsentUserInfo(value) : isAbsentToken(value)) {
    const becomesAbsent = !isUserInfo || (sealing.userInfo && isNothingSpelledOut(value));
    if (becomesAbsent) makeAbsent(place, holder, stored);
    return undefined;
  }
  if (typeof value === 'string' && resemblesSealedField(place, value)) {
    return openSealed(place, holder, value, opening);
  }
  if (isUserInfo && !sealing.userInfo) return undefined;
  const error = refusal(place, value, opening);
  if (error === undefined) {
    writeProperty(holder, property, value);
    fields.push({ state: 'plaintext', field });
  } else {
    makeAbsent(place, holder, stored);
    fields.push({ state: 'unreadable', field, error });
  }
  return undefined;
}

function openSealed(
  place: FieldPlace,
  holder: Holder,
  sealedToken: string,
  { stored, sealing, fields }: Opening,
): Promise<void> | undefined {
  const field = place.name;
  const { shop } = stored as Holder;
  const sessionId = String(idOf(stored));
  const finish = ({ token, kid }: OpenedToken) => {
    writeProperty(holder, place.property, token);
    fields.push({ state: 'opened', field, kid });
  };
  const refuse = (error: unknown) => {
    if (!isOpenTokenError(error)) throw error;
    makeAbsent(place, holder, stored);
    fields.push({ state: 'unreadable', field, error });
  };
  try {
    if (typeof shop !== 'string') {
      throw new TokenContextError(
        `Session ${sessionId}: ${field} cannot be opened, because the stored session has no shop.`,
        { sessionId, field },
      );
    }
    const opened = openToken(sealing.keyring, sealedToken, { sessionId, shop, field });
    if (opened instanceof Promise) return opened.then(finish, refuse);
    finish(opened);
  } catch (error) {
    refuse(error);
  }
  return undefined;
}

/** Why a value that is not sealed must not be handed out; undefined if it may. */
function refusal(
  place: FieldPlace,
  value: unknown,
  { stored, sealing }: Opening,
): TokenUnreadableError | TokenPlaintextError | undefined {
  const sessionId = String(idOf(stored));
  const field = place.name;
  if (typeof value !== 'string') {
    return new TokenUnreadableError(
      `Session ${sessionId}: ${field} in the store must be a string, but its type is ${typeof value}.`,
      { sessionId, field },
    );
  }
  if (sealing.mode !== 'strict') return undefined;
  return new TokenPlaintextError(
    `Session ${sessionId}: ${field} is stored as plaintext, and mode is "strict". ` +
      'To adopt encryption with sessions that are already stored, use mode "migrate".',
    { sessionId, field },
  );
}

/** Leaves a field as it looks when a storage has no value for it. */
function makeAbsent(place: FieldPlace, holder: Holder, stored: object): void {
  const { property } = place;
  if (holder[property] === undefined) return;
  if (!place.isUserInfo && declaresItsProperties(stored)) {
    writeProperty(holder, property, undefined);
  } else {
    delete holder[property];
    // A prototype of a user's own making may still answer with a value.
    if (holder[property] !== undefined) writeProperty(holder, property, undefined);
  }
}

function isOpenTokenError(error: unknown): error is OpenTokenError {
  return (
    error instanceof KeyUnknownError ||
    error instanceof TokenContextError ||
    error instanceof TokenUnreadableError
  );
}

/**
 * Whether absent properties of this session are there with the value undefined, as class fields
 * are in Session of shopify-api 6 and later, rather than not there at all. What is absent in what
 * we hand out then looks as it does without us.
 */
function declaresItsProperties(session: object): boolean {
  for (const name in session) {
    if ((session as Holder)[name] === undefined) return true;
  }
  return false;
}
