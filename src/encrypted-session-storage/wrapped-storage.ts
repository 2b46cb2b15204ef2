// What the wrapper takes from the storage it wraps: its session type, its optional methods, and the
// members that only some storages have.
import { hasMethods } from '../foreign-object.js';
import type { SessionStorageLike } from '../session.js';

/** The session class of a storage, taken from what it loads. */
export type SessionOf<T extends SessionStorageLike> =
  ReturnType<T['loadSession']> extends PromiseLike<infer S> ? NonNullable<S> : never;

/** The type of a public member of `T`, or undefined if it has none of that name. */
export type MemberOf<T, Name extends PropertyKey> = Name extends keyof T ? T[Name] : undefined;

/** The methods that every session storage has. */
const requiredMethods = ['storeSession', 'loadSession', 'deleteSession'] as const;

/** The methods that shopify-api 4 added, and that a user's own storage may lack. */
const optionalMethods = ['deleteSessions', 'findSessionsByShop'] as const;

/** Members of official storages that apps use, besides the five methods. */
const passedThroughMembers = ['isReady', 'ready', 'disconnect'] as const;

type AnyMembers = Record<string, unknown>;

/** Whether `value` has the methods that every session storage has. */
export function isSessionStorage(value: unknown): value is SessionStorageLike {
  return hasMethods(value, ...requiredMethods);
}

/**
 * Binds the methods of `wrapper`, so that they work detached: the legacy guide hands them to
 * `CustomSessionStorage` one by one. A subclass's override is what gets bound. An optional method of
 * `base` that the wrapped storage lacks is undefined, so that feature detection answers alike.
 */
export function bindMethods(inner: object, wrapper: object, base: object): void {
  for (const name of [...requiredMethods, ...optionalMethods]) {
    const method = (wrapper as AnyMembers)[name];
    if (typeof method !== 'function') continue;
    const isLacking = method === (base as AnyMembers)[name] && !hasMethods(inner, name);
    defineMember(wrapper, name, {
      value: isLacking ? undefined : method.bind(wrapper),
      writable: true,
    });
  }
}

/** Gives `wrapper` those of isReady, ready and disconnect that `inner` has. */
export function passMembersThrough(inner: object, wrapper: object): void {
  const members = inner as AnyMembers;
  for (const name of passedThroughMembers) {
    // A subclass that has its own keeps it.
    if (!(name in inner) || name in wrapper) continue;
    if (hasMethods(inner, name)) {
      const callInner = (...values: unknown[]) =>
        (members[name] as (...values: unknown[]) => unknown)(...values);
      defineMember(wrapper, name, { value: callInner, writable: true });
    } else {
      // Read each time: Prisma's storage replaces its `ready` when it is polled again.
      defineMember(wrapper, name, { get: () => members[name] });
    }
  }
}

function defineMember(wrapper: object, name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(wrapper, name, { ...descriptor, configurable: true, enumerable: false });
}
