// What a test and the processes that it starts say to each other.
import type { Place } from '../backend.js';

/** What a process opens when it starts. */
export interface ProcessOptions {
  /** The name of the backend. */
  readonly backend: string;
  readonly place: Place;
  /** The key ring, as in `SESSION_ENCRYPTION_KEYS`. */
  readonly keys: string;
}

/** Stores or deletes the sessions of some users of a shop, many at once. */
export interface ProcessRequest {
  readonly task: 'store' | 'delete';
  readonly shop: string;
  readonly firstUser: number;
  readonly users: number;
}

/** `ready` once, then for each request the ids of the sessions or the error. */
export type ProcessAnswer =
  | { readonly ready: true }
  | { readonly ids: string[] }
  | { readonly error: string };
