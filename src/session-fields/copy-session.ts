// Copies a session so that its sealed fields can be changed without anyone else seeing it: storages
// hand out the very object they keep, and frameworks go on using the object they have stored.
import { fields, innerObject, type Owner, ownerOf } from './fields.js';

/** The objects within a session that have sealed fields, outer ones first. */
const innerObjects = Array.from(
  new Set(
    fields.flatMap(({ parents }) => parents.map((_, i) => parents.slice(0, i + 1).join('.'))),
  ),
  (path) => {
    const parents = path.split('.');
    const property = parents.pop() ?? path;
    return { parents, property };
  },
);

/**
 * A copy of `session` of the same class with every enumerable property, symbols included, but its own
 * functions: one that is bound to the original, such as `toJSON`, would give the original's tokens to
 * no matter who calls it. Objects that have sealed fields are copied too; all else is shared. No
 * constructor runs: Session has had four different ones.
 */
export function copySession<S extends object>(session: S): S {
  const copy = copyObject(session);
  for (const inner of innerObjects) {
    const original = innerObject(ownerOf(inner, session), inner.property);
    if (original === undefined) continue;
    const owner = ownerOf(inner, copy);
    if (owner !== undefined) writeProperty(owner, inner.property, copyObject(original));
  }
  return copy;
}

/**
 * Sets an own property. Plain assignment would run a setter, or fail, where the prototype of a
 * user's class has an accessor of that name.
 */
export function writeProperty(owner: Owner, property: string, value: unknown): void {
  if (Object.hasOwn(owner, property)) {
    owner[property] = value;
  } else {
    Object.defineProperty(owner, property, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}

/** Spreading runs getters once and no setter, and is faster by far than copying descriptors. */
function copyObject<T extends object>(original: T): T {
  const copy = { ...original } as Record<PropertyKey, unknown>;
  for (const name in copy) {
    if (typeof copy[name] === 'function') delete copy[name];
  }
  for (const symbol of Object.getOwnPropertySymbols(copy)) {
    if (typeof copy[symbol] === 'function') delete copy[symbol];
  }
  return Object.setPrototypeOf(copy, Object.getPrototypeOf(original)) as T;
}
