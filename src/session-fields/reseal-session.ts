// Brings the fields of one stored session to the primary key, on a copy. Knows nothing of storages.
import { SessionEncryptionError } from '../errors.js';
import type { SessionField } from '../sealed-fields.js';
import { sealedTokenLength, sealToken } from '../sealed-token/index.js';
import { copySession, writeProperty } from './copy-session.js';
import type { FieldState } from './field-state.js';
import { type Field, fields, fieldValue, isAbsent, looksLikeToken, ownerOf } from './fields.js';
import { type FieldContent, readField } from './read-field.js';
import { contextOfField } from './seal-session.js';
import type { SealingSettings } from './sealing-settings.js';

/** How a stored session is re-sealed. */
export interface ResealingSettings extends SealingSettings {
  /** The result will not be stored: what would be sealed again is a text of the same length. */
  readonly dryRun?: boolean | undefined;
}

/** What re-sealing makes of one field of a stored session. */
export interface ResealedField {
  readonly field: SessionField;
  /** How the field is stored now. */
  readonly before: FieldState;
  /** How it will be stored, once the new session has replaced the old one. */
  readonly after: FieldState;
}

/** What re-sealing makes of a stored session. */
export interface ResealedSession<S> {
  /** What is to be stored in its place; undefined if it stays as it is. */
  readonly session: S | undefined;
  /**
   * Every field that holds something. A field went from plaintext to sealed where `before` is
   * plaintext and `after` is sealed.
   */
  readonly fields: readonly ResealedField[];
}

/**
 * Opens every field of a session as a storage handed it out, and seals with the primary key what
 * another key has sealed; in mode `migrate` also what is plaintext. In mode `rollback` everything
 * sealed becomes plaintext. `stored` is never changed; absent fields stay as they are, and so does
 * the whole session if one field of it cannot be opened or sealed: `after` then equals `before`, but
 * for the fields that cannot be sealed, which are unreadable.
 *
 * Sealed user info is re-sealed even when `userInfo` is off, since it may have been on before. What
 * another encryption sealed is plaintext here. Where `openLegacy` is given, plaintext that it does not
 * know and that does not look like a token is left: it may be sealed in a way that it does not know.
 */
export async function resealSession<S extends object>(
  stored: S,
  settings: ResealingSettings,
): Promise<ResealedSession<S>> {
  let copy: S | undefined;
  const resealed: ResealedField[] = [];
  for (const field of fields) {
    const value = fieldValue(stored, field);
    if (isAbsent(field, value)) continue;
    const content = await readField(field, stored, value, settings);
    if (content.state === 'ignored') continue;
    const before = stateOf(content);
    const change = isDue(content, settings)
      ? await changeOf(field, content, stored, settings)
      : undefined;
    resealed.push({ field: field.name, before, after: change?.state ?? before });
    if (change?.value === undefined) continue;
    copy ??= copySession(stored);
    writeProperty(ownerOf(field, copy) ?? {}, field.property, change.value);
  }
  if (copy === undefined || !resealed.some(isUnreadable))
    return { session: copy, fields: resealed };
  const left = resealed.map((one) => (isUnreadable(one) ? one : { ...one, after: one.before }));
  return { session: undefined, fields: left };
}

/** The content of a field that was opened. */
type OpenedField = Extract<FieldContent, { readonly token: string }>;

/** Whether a field is to be stored in another way. */
function isDue(
  content: FieldContent,
  { keyring, mode, openLegacy }: SealingSettings,
): content is OpenedField {
  if (content.state === 'sealed') return mode === 'rollback' || content.kid !== keyring.primary;
  if (content.state !== 'plaintext') return false;
  if (mode === 'rollback') return content.isLegacy;
  const isKnown = openLegacy === undefined || content.isLegacy || content.looksLikeToken;
  return mode === 'migrate' && isKnown;
}

/** What is to be stored in a field, and how it then stands. */
async function changeOf(
  field: Field,
  content: OpenedField,
  stored: object,
  { keyring, mode, dryRun }: ResealingSettings,
): Promise<{ readonly state: FieldState; readonly value?: string }> {
  const { token } = content;
  if (mode === 'rollback') {
    const isToken = looksLikeToken(field, token);
    return {
      state: { state: 'plaintext', looksLikeToken: isToken, isLegacy: false },
      value: token,
    };
  }
  // What was sealed before can be sealed again; whether plaintext can, only sealing it shows.
  if (dryRun === true && content.state === 'sealed') {
    const length = sealedTokenLength(keyring, new TextEncoder().encode(token).length);
    return { state: { state: 'sealed', kid: keyring.primary }, value: 'x'.repeat(length) };
  }
  try {
    const { sealedToken, kid } = await sealToken(keyring, token, contextOfField(stored, field));
    return { state: { state: 'sealed', kid }, value: sealedToken };
  } catch (error) {
    if (!(error instanceof SessionEncryptionError)) throw error;
    return { state: { state: 'unreadable', error } };
  }
}

/** The state of a field without what is in it. */
function stateOf(content: Exclude<FieldContent, { readonly state: 'ignored' }>): FieldState {
  if (content.state === 'unreadable') return content;
  const { token: _, ...state } = content;
  return state;
}

function isUnreadable({ after }: ResealedField): boolean {
  return after.state === 'unreadable';
}
