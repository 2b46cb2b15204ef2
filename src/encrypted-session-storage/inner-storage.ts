// What the wrapper takes from the storage it wraps: its session type, its optional methods, and the
// members that only some storages have.
import type { SessionStorageLike } from '../session.js';

/** The session class of a storage, taken from what it loads. */
export type SessionOf<T extends SessionStorageLike> =
  ReturnType<T['loadSession']> extends PromiseLike<infer S> ? NonNullable<S> : never;

/** The type of a public member of `T`, or undefined if it has none of that name. */
export type MemberOf<T, Name extends PropertyKey> = Name extends keyof T ? T[Name] : undefined;

/** The methods that every session storage has. */
const requiredMethods = ['storeSession', 'loadSession', 'deleteSession'] as const;

/** The methods that shopify-api 4 added, and that a user's own storage may lack. */
export const optionalMethods = ['deleteSessions', 'findSessionsByShop'] as const;

/** Members of official storages that apps use, besides the five methods. */
const passedThroughMembers = ['isReady', 'ready', 'disconnect'] as const;

type AnyMembers = Record<string, unknown>;

/** Whether `value` has the methods that every session storage has. */
export function isSessionStorage(value: unknown): value is SessionStorageLike {
  return requiredMethods.every((name) => hasMethod(value, name));
}

/** Whether `value[name]` is a function. */
export function hasMethod(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  return typeof (value as AnyMembers)[name] === 'function';
}

/**
 * Takes `names` off a class's prototype and offers each of them only through instances for which
 * `isOffered` says so, while `super.name()` still works in a subclass. Feature detection, `in`
 * included, then answers on the wrapper as on the inner storage.
 */
export function offerMethodsWhere(
  prototype: object,
  names: readonly string[],
  isOffered: (instance: object, name: string) => boolean,
): void {
  const methods = new Map<PropertyKey, unknown>();
  for (const name of names) {
    methods.set(name, (prototype as AnyMembers)[name]);
    delete (prototype as AnyMembers)[name];
  }
  // Reached only by names that neither an instance nor its classes have.
  const end = new Proxy(Object.getPrototypeOf(prototype) as object, {
    get(target, name, receiver) {
      if (!methods.has(name)) return Reflect.get(target, name, receiver);
      return isOffered(receiver as object, String(name)) ? methods.get(name) : undefined;
    },
  });
  Object.setPrototypeOf(prototype, end);
}

/**
 * Binds the methods of `wrapper`, so that they work detached: the legacy guide hands them to
 * `CustomSessionStorage` one by one. A subclass's override is what gets bound.
 */
export function bindMethods(wrapper: object): void {
  for (const name of [...requiredMethods, ...optionalMethods]) {
    const method = (wrapper as AnyMembers)[name];
    if (typeof method !== 'function') continue;
    defineMember(wrapper, name, { value: method.bind(wrapper), writable: true });
  }
}

/** Gives `wrapper` those of isReady, ready and disconnect that `inner` has. */
export function passMembersThrough(inner: object, wrapper: object): void {
  const members = inner as AnyMembers;
  for (const name of passedThroughMembers) {
    // A subclass that has its own keeps it.
    if (!(name in inner) || name in wrapper) continue;
    if (hasMethod(inner, name)) {
      const callInner = (...values: unknown[]) =>
        (members[name] as (...values: unknown[]) => unknown)(...values);
      defineMember(wrapper, name, { value: callInner, writable: true });
    } else {
      // Read anew each time: Prisma's storage replaces its `ready` when it is polled again.
      defineMember(wrapper, name, { get: () => members[name] });
    }
  }
}

function defineMember(wrapper: object, name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(wrapper, name, { ...descriptor, configurable: true, enumerable: false });
}
