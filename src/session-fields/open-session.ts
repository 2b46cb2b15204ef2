// Opens the tokens of one stored session, on a copy. Knows nothing of storages.
import { type Awaitable, eachInTurn, whenDone } from '../awaitable.js';
import { TokenPlaintextError } from '../errors.js';
import type { SessionField } from '../sealed-fields.js';
import { copySession, writeProperty } from './copy-session.js';
import type { FieldState } from './field-state.js';
import {
  type Field,
  fields,
  fieldValue,
  idOf,
  isAbsent,
  isStringifiedNull,
  type Owner,
  ownerOf,
} from './fields.js';
import { readField } from './read-field.js';
import type { SealingSettings } from './sealing-settings.js';

/** What was found in one field. An absent field is not mentioned. */
export type FieldFound = FieldState & { readonly field: SessionField };

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
 */
export function openSession<S extends object>(
  stored: S,
  settings: SealingSettings,
): Awaitable<OpenedSession<S>> {
  const session = copySession(stored);
  const found: FieldFound[] = [];
  const opened = eachInTurn(fields, (field) => {
    const owner = ownerOf(field, session);
    if (owner === undefined) return;
    const value = fieldValue(stored, field);
    if (isAbsent(field, value)) {
      if (!field.isUserInfo || (settings.userInfo && isStringifiedNull(value))) {
        makeAbsent(field, owner, stored);
      }
      return;
    }
    return whenDone(readField(field, stored, value, settings), (content) => {
      switch (content.state) {
        case 'sealed':
          writeProperty(owner, field.property, content.token);
          found.push({ state: 'sealed', field: field.name, kid: content.kid });
          break;
        case 'plaintext':
          if (settings.mode === 'strict') {
            makeAbsent(field, owner, stored);
            found.push({ state: 'unreadable', field: field.name, error: refused(field, stored) });
          } else {
            const { state, token, looksLikeToken, isLegacy } = content;
            writeProperty(owner, field.property, token);
            found.push({ state, field: field.name, looksLikeToken, isLegacy });
          }
          break;
        case 'unreadable':
          makeAbsent(field, owner, stored);
          found.push({ ...content, field: field.name });
      }
    });
  });
  return whenDone(opened, () => ({ session, fields: found }));
}

function refused({ name }: Field, stored: object): TokenPlaintextError {
  const sessionId = String(idOf(stored));
  return new TokenPlaintextError(
    `Session ${sessionId}: ${name} is stored as plaintext, and mode is "strict". ` +
      'To adopt encryption with sessions that are already stored, use mode "migrate".',
    { sessionId, field: name },
  );
}

/** Leaves a field as it looks when a storage has no value for it. */
function makeAbsent({ isUserInfo, property }: Field, owner: Owner, stored: object): void {
  if (owner[property] === undefined) return;
  if (!isUserInfo && declaresItsProperties(stored)) {
    writeProperty(owner, property, undefined);
  } else {
    delete owner[property];
    // A custom class may define the property on its prototype.
    if (owner[property] !== undefined) writeProperty(owner, property, undefined);
  }
}

/**
 * Whether absent properties of this session exist with the value undefined, as the class fields of
 * Session do in shopify-api 6 and later. Results then look as they would without this package.
 */
function declaresItsProperties(session: object): boolean {
  for (const name in session) {
    if ((session as Owner)[name] === undefined) return true;
  }
  return false;
}
