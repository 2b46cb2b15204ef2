// What a fault test and the processes that it starts say to each other.
import type { LedgerState } from '../ledger.js';
import type { SubjectName } from '../subjects.js';

/** One instance of an app. */
export interface CallerOptions {
  readonly subject: SubjectName;
  /** Where its store is, through the network that breaks. */
  readonly url: string;
  /** The deadline of each call, in milliseconds. */
  readonly deadline: number;
  /** The key ring, as in `SESSION_ENCRYPTION_KEYS`. */
  readonly keys: string;
  readonly process: number;
  readonly callers: number;
  /** How long a caller rests between two calls, in milliseconds. */
  readonly rest: number;
}

/** What an instance has seen so far. */
export interface Progress {
  /** Stores and deletions that answered true. */
  readonly acknowledged: number;
  readonly failed: number;
  /** Calls that answered since the last one that failed. */
  readonly inARow: number;
  /** When a call answered first that was made after `right`, in milliseconds since the epoch; 0: none yet. */
  readonly answeredAgain: number;
  /** When a call failed last, in milliseconds since the epoch; 0: never. */
  readonly lastFailure: number;
}

/** What an instance has seen in all. */
export interface CallerReport extends Progress {
  readonly lost: number;
  readonly late: number;
  readonly denied: number;
  readonly wrongShop: number;
  /** Calls that neither answered nor failed within ten deadlines. */
  readonly hung: number;
  /** The longest that a call took to answer or fail, in milliseconds. */
  readonly longest: number;
  /** The longest that the process could do nothing, in milliseconds. */
  readonly stall: number;
  /** How often each error was seen, by code. */
  readonly errors: Readonly<Record<string, number>>;
  readonly ledgers: readonly LedgerState[];
}

/** What an instance holds on to. */
export interface Resources {
  /** Bytes after a garbage collection. */
  readonly heap: number;
  readonly resident: number;
  /** How many of each kind of handle keep the process alive, such as `TCPSocketWrap`. */
  readonly handles: Readonly<Record<string, number>>;
}

export type CallerMessage =
  | { readonly progress: Progress }
  | { readonly report: CallerReport }
  | { readonly resources: Resources };

/**
 * `right`: what went wrong has come right. `stop`: end what is in progress and report, but stay.
 * `resources`: say what is held.
 */
export type CallerRequest = 'right' | 'stop' | 'resources';
