// Fields that could not be opened, and so are absent in the session that was handed out.
import type { SessionField } from '../sealed-fields.js';
import { writeProperty } from './copy-session.js';
import {
  type Field,
  fields,
  fieldValue,
  isAbsent,
  type Owner,
  ownerOf,
  resemblesSealedField,
} from './fields.js';
import type { FieldFound } from './open-session.js';
import { readField } from './read-field.js';
import type { SealingSettings } from './sealing-settings.js';

/** What was stored in the fields that were withheld. */
export type WithheldFields = ReadonlyMap<SessionField, unknown>;

/** The fields of `stored` that are absent in what was handed out of it; undefined if there are none. */
export function withheldFields(
  stored: object,
  found: readonly FieldFound[],
): WithheldFields | undefined {
  const names = found.flatMap(({ state, field }) => (state === 'unreadable' ? [field] : []));
  if (names.length === 0) return undefined;
  const withheld = fields.filter(({ name }) => names.includes(name));
  return new Map(withheld.map((field) => [field.name, fieldValue(stored, field)]));
}

/** The withheld fields that `session` has nothing in; undefined if there are none. */
export function stillWithheld(
  withheld: WithheldFields,
  session: object,
): WithheldFields | undefined {
  const left = new Map(withheld);
  for (const field of fields) {
    if (!isAbsent(field, fieldValue(session, field))) left.delete(field.name);
  }
  return left.size === 0 ? undefined : left;
}

/**
 * Writes what is stored into the withheld fields of a session that is about to replace it.
 *
 * @param session A sealed copy that is to be stored, and that has nothing in these fields.
 * @param stored The session as it is stored now. Without one, what was withheld is written: in mode `strict`, only
 * what is sealed.
 */
export function keepWithheld(
  session: object,
  withheld: WithheldFields,
  stored: object | undefined,
  { mode }: SealingSettings,
): void {
  for (const field of fields) {
    if (!withheld.has(field.name)) continue;
    const value = stored === undefined ? withheld.get(field.name) : fieldValue(stored, field);
    if (stored === undefined && mode === 'strict' && !isSealed(field, value)) continue;
    const owner = ownerOf(field, session);
    if (owner !== undefined && !isAbsent(field, value)) writeProperty(owner, field.property, value);
  }
}

function isSealed(field: Field, value: unknown): boolean {
  return typeof value === 'string' && resemblesSealedField(field, value);
}

/**
 * Whether `session` says nothing new about its tokens, as a copy does that an app makes of what was
 * handed out. A session that begins or ends a new authorization has another `state` or a new token.
 *
 * @param stored The session as it is stored now.
 */
export async function isLikelyCopy(
  session: object,
  stored: object,
  settings: SealingSettings,
): Promise<boolean> {
  if (((session as Owner).state ?? '') !== ((stored as Owner).state ?? '')) return false;
  for (const field of fields) {
    const value = fieldValue(session, field);
    if (field.isUserInfo || isAbsent(field, value)) continue;
    const kept = fieldValue(stored, field);
    if (isAbsent(field, kept)) return false;
    const content = await readField(field, stored, kept, settings);
    if (!('token' in content) || content.token !== value) return false;
  }
  return true;
}
