// Copies a session so that its sealed fields can be changed without anyone else seeing it: storages
// hand out the very object they keep, and frameworks go on using the object they have stored.
import { type Holder, innerObject } from './fields.js';

/**
 * A copy of `session` of the same class with every enumerable property, symbols included.
 * `onlineAccessInfo` and its `associated_user` are copied too, as they hold sealed fields; all else
 * is shared. No constructor runs: Session has had four different ones.
 */
export function copySession<S extends object>(session: S): S {
  const copy = copyObject(session);
  const onlineAccessInfo = innerObject(session, 'onlineAccessInfo');
  if (onlineAccessInfo !== undefined) {
    const onlineAccessInfoCopy = copyObject(onlineAccessInfo);
    const associatedUser = innerObject(onlineAccessInfo, 'associated_user');
    if (associatedUser !== undefined) {
      writeProperty(onlineAccessInfoCopy, 'associated_user', copyObject(associatedUser));
    }
    writeProperty(copy as Holder, 'onlineAccessInfo', onlineAccessInfoCopy);
  }
  return copy;
}

/**
 * Sets an own property. Plain assignment would run a setter, or fail, where the prototype of a
 * user's class has an accessor of that name.
 */
export function writeProperty(holder: Holder, property: string, value: unknown): void {
  if (Object.hasOwn(holder, property)) {
    holder[property] = value;
  } else {
    Object.defineProperty(holder, property, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}

/** Spreading runs getters once and no setter, and is faster by far than copying descriptors. */
function copyObject<T extends object>(original: T): T {
  return Object.setPrototypeOf({ ...original }, Object.getPrototypeOf(original)) as T;
}
