// Which fields of a session are sealed, and how to get at them.
import { resemblesSealedToken } from '../sealed-token/index.js';

/** The `id` of a session, which a storage of the user's own may have made anything of. */
export function idOf(session: object | null | undefined): unknown {
  return (session as { readonly id?: unknown } | null | undefined)?.id;
}

/** A field that is always sealed. */
export type TokenField = 'accessToken' | 'refreshToken';

/** A field about the staff member of an online session, sealed on request (`userInfo`). */
export type UserInfoField =
  `onlineAccessInfo.associated_user.${'first_name' | 'last_name' | 'email'}`;

/** A field of a session that this package seals, by the name that its tokens are bound to. */
export type SessionField = TokenField | UserInfoField;

/** The object that holds a field: the session itself, or something within it. */
export type Holder = Record<string, unknown>;

/** Where one field is found in a session. */
export interface FieldPlace {
  readonly name: SessionField;
  readonly isUserInfo: boolean;
  /** The name of the property in its holder. */
  readonly property: string;
  /** The object that has the property; undefined if the session has no such object. */
  holder(session: object): Holder | undefined;
}

/** Every field that may be sealed. Tokens come first, so that their errors come first. */
export const fieldPlaces: readonly FieldPlace[] = [
  tokenPlace('accessToken'),
  tokenPlace('refreshToken'),
  userInfoPlace('first_name'),
  userInfoPlace('last_name'),
  userInfoPlace('email'),
];

function tokenPlace(name: TokenField): FieldPlace {
  return { name, isUserInfo: false, property: name, holder: (session) => session as Holder };
}

function userInfoPlace(property: 'first_name' | 'last_name' | 'email'): FieldPlace {
  return {
    name: `onlineAccessInfo.associated_user.${property}`,
    isUserInfo: true,
    property,
    holder: associatedUser,
  };
}

/** `session.onlineAccessInfo.associated_user`, if it is an object. */
function associatedUser(session: object): Holder | undefined {
  return innerObject(innerObject(session, 'onlineAccessInfo'), 'associated_user');
}

/** `holder[property]`, if it is an object. */
export function innerObject(holder: object | undefined, property: string): Holder | undefined {
  const value = holder === undefined ? undefined : (holder as Holder)[property];
  return typeof value === 'object' && value !== null ? (value as Holder) : undefined;
}

/** Whether a token field holds no token. Storages write an absent token as NULL or as ''. */
export function isAbsentToken(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === '';
}

/**
 * Whether a user-info field holds text that stands for nothing: the official Prisma storage reads
 * every user column through `String()`, so NULL becomes 'null' and a missing column 'undefined'.
 */
export function isNothingSpelledOut(value: unknown): value is 'null' | 'undefined' {
  return value === 'null' || value === 'undefined';
}

/** Whether a user-info field holds nothing to seal or to open. */
export function isAbsentUserInfo(value: unknown): boolean {
  return isAbsentToken(value) || isNothingSpelledOut(value);
}

/** Shorter than any sealed token, even one of nothing: its header alone takes more. */
const shortestSealedToken = 80;

/**
 * Whether the value of a field is, or once was, a sealed token. For a token every trace of one counts.
 * A name may well start like one ("Ey", "eyJohn"), so user info has to be as long as one.
 */
export function resemblesSealedField({ isUserInfo }: FieldPlace, value: string): boolean {
  return resemblesSealedToken(value) && (!isUserInfo || value.length >= shortestSealedToken);
}
