// What is needed of a Keyv, and which storage adapter stands behind one. Keyv 5 and Keyv 6 have
// types that do not accept each other, so neither is imported.
import { hasMembers, hasMethods, type Members } from '../foreign-object.js';

/** A Keyv of release 5 or 6. */
export interface KeyvLike {
  readonly store: unknown;
  readonly namespace?: string | undefined;
  get(key: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
  disconnect(): Promise<unknown>;
}

/**
 * Whether `value` is a Keyv (and not a session storage).
 *
 * @param value Anything.
 */
export function isKeyv(value: unknown): value is KeyvLike {
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
export function storageAdapterOf(keyv: KeyvLike): Members {
  let adapter: unknown = keyv.store;
  while (hasMembers(adapter) && hasMethods(adapter.store, 'get', 'set', 'delete')) {
    adapter = adapter.store;
  }
  // isKeyv, or the compiler, saw to it that there is a store; Keyv itself refuses any other.
  return hasMembers(adapter) ? adapter : (new Map<never, never>() as unknown as Members);
}
