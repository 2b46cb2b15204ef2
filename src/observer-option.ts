// The option `observer`, of everything that seals sessions or keeps them: one object may be given to all.
import { callback, invalidOption } from './checked-options.js';
import { OptionInvalidError } from './errors.js';
import { memberOf } from './foreign-object.js';

/** The names of all callbacks. */
export const observerCallbacks = ['opened', 'sealed', 'plaintext', 'unreadable', 'store'] as const;

/** @throws {OptionInvalidError} It is not an object, or nothing in it would ever be called. */
export function observerFrom(observer: unknown): object | undefined {
  if (observer === undefined) return undefined;
  const names = observerCallbacks.join(', ');
  if (typeof observer !== 'object' || observer === null || Array.isArray(observer)) {
    throw invalidOption('observer', `an object with callbacks (${names})`, observer);
  }
  const callbacks = observerCallbacks.map((name) =>
    callback()(memberOf(observer, name), `observer.${name}`),
  );
  if (callbacks.every((found) => found === undefined) && Object.keys(observer).length > 0) {
    throw new OptionInvalidError(
      `Option observer has none of the callbacks that are called: ${names}.`,
    );
  }
  return observer;
}
