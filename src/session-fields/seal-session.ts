// Seals the tokens of one session, on a copy. Knows nothing of storages.
import { type Awaitable, eachInTurn, whenDone } from '../awaitable.js';
import { SessionInvalidError } from '../errors.js';
import type { SessionField } from '../sealed-fields.js';
import { openToken, sealToken, type TokenContext } from '../sealed-token/index.js';
import { copySession, writeProperty } from './copy-session.js';
import {
  type Field,
  fields,
  fieldValue,
  idOf,
  isAbsent,
  type Owner,
  ownerOf,
  resemblesSealedField,
} from './fields.js';
import type { SealingSettings } from './sealing-settings.js';

/** A field that was sealed just now, and the key that sealed it. */
export interface FieldSealed {
  readonly field: SessionField;
  readonly kid: string;
}

/** A session as it is to be stored, and what was sealed in it. */
export interface SealedSession<S> {
  readonly session: S;
  readonly fields: readonly FieldSealed[];
}

/** Where a sealed session is to be stored. */
export interface Destination {
  /** Whether an absent refresh token is to be written as ''. Default: it stays as it is. */
  readonly hasRefreshTokenColumn?: boolean;
}

/**
 * Makes the session that is to be stored: a copy of `session` with its tokens sealed with the
 * primary key. `session` is read before this function returns, and never changed.
 *
 * An absent access token becomes '', because a storage that writes only the columns it is given
 * would keep the old one. A token that is already sealed stays as it is, provided that it opens
 * here. In mode `rollback` tokens become, or stay, plaintext.
 *
 * @throws {SessionInvalidError} The session has no `id` or no `shop`, or a token is not a string.
 * @throws {OpenTokenError} A token is already sealed, and does not open for this session and field.
 */
export function sealSession<S extends object>(
  session: S,
  { keyring, mode, userInfo }: SealingSettings,
  { hasRefreshTokenColumn = false }: Destination = {},
): Awaitable<SealedSession<S>> {
  const sessionId = idOf(session);
  if (typeof sessionId !== 'string' || sessionId === '') {
    throw new SessionInvalidError('A session without an id cannot be stored: id must be a string.');
  }
  const copy = copySession(session);
  const todo: { field: Field; owner: Owner; value: string; context: TokenContext }[] = [];
  for (const field of fields) {
    if (field.isUserInfo && !userInfo) continue;
    const owner = ownerOf(field, copy);
    if (owner === undefined) continue;
    const value = fieldValue(session, field);
    if (isAbsent(field, value)) {
      const { name } = field;
      if (name === 'accessToken' || (name === 'refreshToken' && hasRefreshTokenColumn)) {
        writeProperty(owner, field.property, '');
      }
      continue;
    }
    if (typeof value !== 'string') {
      throw new SessionInvalidError(
        `Session ${sessionId}: ${field.name} must be a string, but its type is ${typeof value}.`,
        { sessionId, field: field.name },
      );
    }
    todo.push({ field, owner, value, context: contextOfField(session, field) });
  }
  const sealed: FieldSealed[] = [];
  const done = eachInTurn(todo, ({ field, owner, value, context }) => {
    const write = (stored: string) => writeProperty(owner, field.property, stored);
    if (resemblesSealedField(field, value)) {
      return whenDone(openToken(keyring, value, context), ({ token }) =>
        write(mode === 'rollback' ? token : value),
      );
    }
    if (mode === 'rollback') return write(value);
    return whenDone(sealToken(keyring, value, context), ({ sealedToken, kid }) => {
      write(sealedToken);
      sealed.push({ field: field.name, kid });
    });
  });
  return whenDone(done, () => ({ session: copy, fields: sealed }));
}

/**
 * The context that a field's token is sealed for.
 *
 * @throws {SessionInvalidError} The session has no `id` or no `shop`.
 */
export function contextOfField(session: object, { name }: Field): TokenContext {
  const { id: sessionId, shop } = session as Owner;
  if (typeof sessionId !== 'string' || typeof shop !== 'string') {
    throw new SessionInvalidError(
      `Session ${String(sessionId)}: ${name} cannot be sealed, because the session has no ${typeof shop === 'string' ? 'id' : 'shop'}.`,
      { sessionId: String(sessionId), field: name },
    );
  }
  return { sessionId, shop, field: name };
}
