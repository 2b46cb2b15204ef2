// An atomic store that is reached through `StoreAccess`: one deadline for each public call.
import type { CallSubject, StoreAccess } from '../store-access/index.js';
import type { AtomicStore } from './atomic-store.js';
import { StoreInCall } from './store-in-call.js';

export class CalledStore {
  readonly store: AtomicStore;
  readonly #access: StoreAccess;

  constructor(store: AtomicStore, access: StoreAccess) {
    this.store = store;
    this.#access = access;
  }

  /** Runs one public call, which may send any number of statements. */
  call<T>(subject: CallSubject, work: (store: StoreInCall) => Promise<T>): Promise<T> {
    return this.#access.call(subject, (call) => work(new StoreInCall(this.store, call)));
  }

  /** Runs a public call of one statement. */
  run<T>(
    subject: CallSubject,
    operation: (store: AtomicStore, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#access.run(subject, (signal) => operation(this.store, signal));
  }

  /** Tells the observer that a session of another shop was found where it does not belong. */
  reportMismatch(sessionId: string, shop: string): void {
    this.#access.report({ type: 'mismatch', store: this.#access.name, sessionId, shop });
  }
}
