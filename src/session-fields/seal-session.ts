// Seals the tokens of one session, on a copy. Knows nothing of storages.
import { SessionInvalidError } from '../errors.js';
import { openToken, sealToken, type TokenContext } from '../sealed-token/index.js';
import { copySession, writeProperty } from './copy-session.js';
import { eachInTurn } from './each-in-turn.js';
import {
  type FieldPlace,
  fieldPlaces,
  type Holder,
  idOf,
  isAbsentToken,
  isAbsentUserInfo,
  resemblesSealedField,
  type SessionField,
} from './fields.js';
import type { SessionSealing } from './session-sealing.js';

/** A field that was sealed just now. */
export interface FieldSealed {
  readonly field: SessionField;
  /** The sealed token, as it is stored. */
  readonly sealedToken: string;
}

/** A session as it is to be stored, and what was sealed in it. */
export interface SealedSession<S> {
  readonly sessionId: string;
  readonly session: S;
  readonly fields: readonly FieldSealed[];
}

/**
 * Makes the session that is to be stored: a copy of `session` with its tokens sealed with the
 * primary key. `session` is read at once and never changed.
 *
 * An absent token becomes '', because a storage that writes only the columns it is given would keep
 * the old token. A token that is already sealed stays as it is, provided that it opens here. In
 * mode `rollback` tokens become, or stay, plaintext.
 *
 * @throws {SessionInvalidError} The session has no `id` or no `shop`, or a token is not a string.
 * @throws {OpenTokenError} A token is already sealed, and does not open for this session and field.
 */
export function sealSession<S extends object>(
  session: S,
  sealing: SessionSealing,
): SealedSession<S> | Promise<SealedSession<S>> {
  const id = idOf(session);
  if (typeof id !== 'string' || id === '') {
    throw new SessionInvalidError('A session without an id cannot be stored: id must be a string.');
  }
  const copy = copySession(session);
  const todo: Task[] = [];
  for (const place of fieldPlaces) {
    if (place.isUserInfo && !sealing.userInfo) continue;
    const original = place.holder(session);
    const holder = place.holder(copy);
    if (original === undefined || holder === undefined) continue;
    const value = original[place.property];
    if (place.isUserInfo ? isAbsentUserInfo(value) : isAbsentToken(value)) {
      if (!place.isUserInfo && hasColumnFor(place, session, sealing)) {
        writeProperty(holder, place.property, '');
      }
      continue;
    }
    if (typeof value !== 'string') {
      throw new SessionInvalidError(
        `Session ${id}: ${place.name} must be a string, but its type is ${typeof value}.`,
        { sessionId: id, field: place.name },
      );
    }
    todo.push({ place, holder, value, context: contextOf(session as Holder, id, place) });
  }
  const fields: FieldSealed[] = [];
  const sealed = { sessionId: id, session: copy, fields };
  // Two calls of storeSession reach the storage in the order in which they were made.
  const pending = eachInTurn(todo, (task) => sealOne(task, sealing, fields));
  return pending === undefined ? sealed : pending.then(() => sealed);
}

interface Task {
  readonly place: FieldPlace;
  readonly holder: Holder;
  readonly value: string;
  readonly context: TokenContext;
}

function sealOne(
  { place, holder, value, context }: Task,
  { keyring, mode }: SessionSealing,
  fields: FieldSealed[],
): Promise<void> | undefined {
  if (resemblesSealedField(place, value)) {
    const finish = (opened: { readonly token: string }) =>
      writeProperty(holder, place.property, mode === 'rollback' ? opened.token : value);
    const opened = openToken(keyring, value, context);
    if (opened instanceof Promise) return opened.then(finish);
    finish(opened);
  } else if (mode === 'rollback') {
    writeProperty(holder, place.property, value);
  } else {
    const finish = (sealedToken: string) => {
      writeProperty(holder, place.property, sealedToken);
      fields.push({ field: place.name, sealedToken });
    };
    const sealedToken = sealToken(keyring, value, context);
    if (sealedToken instanceof Promise) return sealedToken.then(finish);
    finish(sealedToken);
  }
  return undefined;
}

/**
 * Whether '' may be written for an absent token. Every release has an access token. Refresh tokens
 * came with shopify-api 12.2, whose Session declares both properties; a session without them may
 * belong to a table without such a column, where '' would be an error.
 */
function hasColumnFor(place: FieldPlace, session: object, sealing: SessionSealing): boolean {
  if (place.name === 'accessToken') return true;
  const knowsRefreshTokens = 'refreshToken' in session || 'refreshTokenExpires' in session;
  return knowsRefreshTokens && sealing.hasRefreshTokenColumn !== false;
}

function contextOf(session: Holder, sessionId: string, place: FieldPlace): TokenContext {
  const { shop } = session;
  if (typeof shop !== 'string') {
    throw new SessionInvalidError(
      `Session ${sessionId}: ${place.name} cannot be sealed, because the session has no shop.`,
      { sessionId, field: place.name },
    );
  }
  return { sessionId, shop, field: place.name };
}
