// What the torture test and the processes that it starts say to each other.
import type { Place } from '../../conformance/backend.js';
import type { SubjectName } from '../subject.js';

/** Where a process finds the sessions. */
export interface StoreOptions {
  readonly subject: SubjectName;
  readonly place: Place;
}

/** An instance of the app that refreshes the sessions `writer`, `writer + writers` and so on. */
export interface WriterOptions extends StoreOptions {
  /** The key ring, as in `SESSION_ENCRYPTION_KEYS`. */
  readonly keys: string;
  readonly writer: number;
  readonly writers: number;
  readonly sessions: number;
}

/** A rotator that loads and stores. */
export interface PlainRotatorOptions extends StoreOptions {
  readonly keys: string;
}

/** A catalog for `encrypted-sessions rotate`, in the environment variable `TORTURED_CATALOG`. */
export interface CatalogOptions extends StoreOptions {
  /** The process is killed after so many replacements; undefined: never. */
  readonly killedAt: number | undefined;
  /** The control: a batch is written without a comparison, whatever is stored by then. */
  readonly isBlind?: boolean;
}

/** What a writer was told of one session. */
export interface Ledger {
  readonly session: number;
  /** The newest refresh that it was told is stored. */
  readonly stored: number;
  /** Later refreshes whose store failed, so that nobody knows. */
  readonly unknown: readonly number[];
}

/** Counts of a writer so far. */
export interface WriterCounts {
  readonly refreshed: number;
  /** Sessions that it found with other tokens than it was told are stored, or not at all. */
  readonly lost: number;
  /** Loads and stores that failed, such as for a deadlock, and were tried again. */
  readonly failed: number;
}

export type WriterMessage =
  | { readonly counts: WriterCounts }
  | { readonly counts: WriterCounts; readonly ledgers: Ledger[] }
  | { readonly error: string };

/** The catalog reports how it goes. */
export interface CatalogMessage {
  /** Replacements that were done, and those that were refused, since the last message. */
  readonly replaced: number;
  readonly conflicts: number;
}
