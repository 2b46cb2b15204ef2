// What is needed of a Keyv, and which storage adapter stands behind one. Keyv 5 and Keyv 6 have
// types that do not accept each other, so neither is imported.
import { hasMethods, type Members } from '../foreign-object.js';

/** A Keyv of release 5 or 6. */
export interface KeyvLike {
  readonly store: unknown;
  readonly namespace?: string | undefined;
  get(key: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
  disconnect(): Promise<unknown>;
}

/** A Keyv that was looked at. */
export type CheckedKeyv = KeyvLike & { readonly store: Members };

/**
 * Whether `value` is a Keyv (and not a session storage).
 *
 * @param value Anything.
 */
export function isKeyv(value: unknown): value is CheckedKeyv {
  return (
    hasMethods(value, 'get', 'set', 'delete', 'on', 'disconnect') &&
    hasMethods(value.store, 'get', 'set', 'delete') &&
    typeof value.loadSession !== 'function'
  );
}

/**
 * The storage adapter of a Keyv. Keyv 6 puts a bridge in front of adapters that were written for
 * Keyv 5 and in front of a Map; the adapter is then the bridge's own `store`.
 */
export function storageAdapterOf({ store }: CheckedKeyv): Members {
  let adapter = store;
  while (hasMethods(adapter.store, 'get', 'set', 'delete')) adapter = adapter.store;
  return adapter;
}
