// What an app's observer is told of its stores: calls, waits, conflicts, retries and time-outs.

/** What happened in a session store. Holds nothing secret. */
export type StoreEvent =
  | StoreCallEvent
  | StoreWaitEvent
  | StoreConflictEvent
  | StoreRetryEvent
  | StoreTimeoutEvent
  | StoreReconnectEvent
  | StoreMismatchEvent;

interface AnyStoreEvent {
  /** The store, as messages name it, such as `the PostgreSQL database`. */
  readonly store: string;
}

/** What a call was about. */
interface AboutSessions {
  /** The method, such as `loadSession`. */
  readonly operation: string | undefined;
  /** The `id` of the session, if it is about one. */
  readonly sessionId: string | undefined;
  /** The shop, if it is about all sessions of one. */
  readonly shop: string | undefined;
}

/** A call has ended. */
export interface StoreCallEvent extends AnyStoreEvent, AboutSessions {
  readonly type: 'call';
  readonly milliseconds: number;
  /** The `code` of the error that it rejected with; `undefined` if it did not. */
  readonly error: string | undefined;
}

/** A statement waited for a free connection. */
export interface StoreWaitEvent extends AnyStoreEvent {
  readonly type: 'wait';
  readonly milliseconds: number;
}

/** Another writer changed a record first; the call tries again. */
export interface StoreConflictEvent extends AnyStoreEvent, AboutSessions {
  readonly type: 'conflict';
  /** Which attempt it was, from 1. */
  readonly attempt: number;
}

/**
 * The store refused a statement for a reason that passes, such as a deadlock, or its connection was
 * lost; it is sent again.
 */
export interface StoreRetryEvent extends AnyStoreEvent, AboutSessions {
  readonly type: 'retry';
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** The driver's code, such as `40P01`. */
  readonly code: string | undefined;
}

/** A call was not answered within its deadline. Its `call` event follows. */
export interface StoreTimeoutEvent extends AnyStoreEvent, AboutSessions {
  readonly type: 'timeout';
  /** Whether a write may have taken effect all the same. */
  readonly mayHaveTakenEffect: boolean;
}

/** A connection that did not answer any more was dropped. The next call opens another. */
export interface StoreReconnectEvent extends AnyStoreEvent {
  readonly type: 'reconnect';
}

/** The sessions of a shop were requested, and one of another shop was listed. It was not handed out. */
export interface StoreMismatchEvent extends AnyStoreEvent {
  readonly type: 'mismatch';
  readonly sessionId: string;
  /** The requested shop. */
  readonly shop: string;
}

/**
 * Is told what happens in a store, for metrics and logs. It is not awaited; one that throws or
 * rejects harms nothing.
 *
 * @example
 * const observer: StoreObserver = {
 *   store(event) {
 *     if (event.type === 'call') histogram.record(event.milliseconds, { call: event.operation });
 *   },
 * };
 */
export interface StoreObserver {
  /** Something happened in the store that keeps the sessions. */
  readonly store?: ((event: StoreEvent) => void) | undefined;
}
