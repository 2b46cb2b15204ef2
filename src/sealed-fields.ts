// The fields of a session that are sealed: the one list of them. Whatever knows a field follows from
// it: sealing and opening, inspection, the columns and paths of the catalogs, copying, the documents.

/** A field that is sealed. */
export interface SealedField {
  /** The path of the property in a session, which the field's tokens are bound to. */
  readonly name: string;
  /** Its column in the tables, and its property in the arrays, of the official storages. */
  readonly column: string;
  /** Whether it is about the staff member of an online session, and sealed on request (`userInfo`). */
  readonly isUserInfo: boolean;
}

/** A token: a property of the session itself, in a column of the same name. */
export function token<Name extends string>(name: NotPath<Name>) {
  return { name, column: name, isUserInfo: false } as const;
}

/** A property of the staff member, and its column. */
function ofUser<Property extends string>(property: Property, column: string) {
  return {
    name: `onlineAccessInfo.associated_user.${property}`,
    column,
    isUserInfo: true,
  } as const;
}

/** Storages have no columns for other objects within a session, so a token cannot be in one. */
type NotPath<Name extends string> = Name extends `${string}.${string}` ? never : Name;

/** Every sealed field. Tokens come first, so that their errors come first. */
export const sealedFields = [
  token('accessToken'),
  token('refreshToken'),
  ofUser('first_name', 'firstName'),
  ofUser('last_name', 'lastName'),
  ofUser('email', 'email'),
] as const satisfies readonly SealedField[];

type Listed = (typeof sealedFields)[number];

/** A field of a session that this package seals, by the name that its tokens are bound to. */
export type SessionField = Listed['name'];

/** A field that is always sealed. */
export type TokenField = Extract<Listed, { readonly isUserInfo: false }>['name'];

/** A field about the staff member of an online session, sealed on request (`userInfo`). */
export type UserInfoField = Extract<Listed, { readonly isUserInfo: true }>['name'];
