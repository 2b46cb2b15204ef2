// The sealed fields of a session: where each is found, and what counts as absent.

import { type SessionField, sealedFields } from '../sealed-fields.js';
import { resemblesSealedToken, sealedTokenStart } from '../sealed-token/index.js';

/** An object that has properties: the session itself, or one within it. */
export type Owner = Record<string, unknown>;

/** A sealed field, and the way to it. */
export interface Field {
  readonly name: SessionField;
  readonly isUserInfo: boolean;
  /** The properties that lead to the object that has the field; none: the session has it. */
  readonly parents: readonly string[];
  readonly property: string;
}

/** Every field that may be sealed. */
export const fields: readonly Field[] = sealedFields.map(({ name, isUserInfo }) => {
  const parents = name.split('.');
  const property = parents.pop() ?? name;
  return { name, isUserInfo, parents, property };
});

/** The object that has the field; undefined if the session has no such object. */
export function ownerOf({ parents }: Pick<Field, 'parents'>, session: object): Owner | undefined {
  let owner: Owner | undefined = session as Owner;
  for (const parent of parents) owner = innerObject(owner, parent);
  return owner;
}

/** `owner[property]`, if it is an object. */
export function innerObject(owner: Owner | undefined, property: string): Owner | undefined {
  const value = owner?.[property];
  return typeof value === 'object' && value !== null ? (value as Owner) : undefined;
}

/** What a session has in a field, as it stands. */
export function fieldValue(session: object, field: Field): unknown {
  return ownerOf(field, session)?.[field.property];
}

/** Whether two sessions hold the same in every field that may be sealed. */
export function holdsSameFields(one: object, other: object): boolean {
  return fields.every((field) => {
    const [left, right] = [fieldValue(one, field), fieldValue(other, field)];
    return left === right || (isAbsent(field, left) && isAbsent(field, right));
  });
}

/** The `id` of a session. Unknown: a custom storage may return anything. */
export function idOf(session: object | null | undefined): unknown {
  return (session as { readonly id?: unknown } | null | undefined)?.id;
}

/**
 * Whether a field holds nothing to seal or to open. Storages write an absent value as NULL or as ''.
 * The official Prisma storage reads user columns through `String()`, which makes 'null' of NULL.
 */
export function isAbsent({ isUserInfo }: Field, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return isUserInfo && isStringifiedNull(value);
}

/** Whether a value is the text 'null' or 'undefined'. */
export function isStringifiedNull(value: unknown): boolean {
  return value === 'null' || value === 'undefined';
}

/** Shorter than any sealed token, even one of nothing: its header alone takes more. */
const shortestSealedToken = 80;

/**
 * Whether the value of a field is a sealed token, possibly damaged or cut short. For a token every
 * trace of one counts. A name may start like one ("e"), so user info has to have the whole start.
 */
export function resemblesSealedField({ isUserInfo }: Field, value: string): boolean {
  if (!resemblesSealedToken(value)) return false;
  return !isUserInfo || value.length >= shortestSealedToken || value.startsWith(sealedTokenStart);
}

/**
 * Whether plaintext looks like a token that Shopify issued: access tokens of apps and staff members,
 * and refresh tokens, each have a prefix. Tokens of before 2019 have none.
 */
export function looksLikeToken({ isUserInfo }: Field, value: string): boolean {
  return isUserInfo || /^shp(at|ca|ua|pa|rt)_/.test(value);
}
