// The one way to a store: each public call gets one deadline, passing failures are tried again
// within it, and what goes wrong becomes one error that carries no data.
import { callSafely } from '../app-callback.js';
import { SessionEncryptionError, StoreUnavailableError } from '../errors.js';
import { isError } from '../foreign-object.js';
import { pauseBeforeAttempt } from '../pause.js';
import { codeOf, safeCause } from '../safe-cause.js';
import { remedyOf, remedyOfSilence } from '../store-remedy.js';
import { writeOutcomes } from '../write-outcomes.js';
import { type Deadline, Deadlines } from './deadlines.js';
import { hadNoEffect, isLostConnection, isPassing, NotSentError } from './driver-errors.js';
import { saysOfChange } from './statements.js';
import type { StoreEvent, StoreObserver } from './store-observer.js';

/** What a public call is about, for errors and for the observer. */
export interface CallSubject {
  /** The public method, such as `loadSession`. */
  readonly operation?: string;
  readonly sessionId?: string | undefined;
  readonly shop?: string;
  /** Whether it changes something, so that a call that fails may have taken effect. */
  readonly writes?: boolean;
}

/** The longest pause between two attempts, in milliseconds. */
const longestPause = 50;

/** Runs the calls to one store. */
export class StoreAccess {
  /** What the store is called in messages, such as `the PostgreSQL database`. */
  readonly name: string;
  /** How long one public call may take, in milliseconds. */
  readonly deadline: number;
  readonly #deadlines: Deadlines;
  readonly #observer: StoreObserver | undefined;
  #lastEvent: unknown;
  /** The store's client sends a statement again by itself: its answer does not show that nothing was changed before. */
  sendsAgain = false;

  constructor(name: string, deadline: number, observer?: StoreObserver) {
    this.name = name;
    this.deadline = deadline;
    this.#deadlines = new Deadlines(deadline);
    this.#observer = observer;
  }

  /**
   * Runs one public call, of any number of statements.
   *
   * @param work Sends its statements with `call.send`, and passes other waits `call.signal`.
   * @throws {StoreUnavailableError} A statement failed, or the call is not done within the deadline.
   * Errors of this package pass as they are.
   */
  call<T>(subject: CallSubject, work: (call: StoreCall) => Promise<T>): Promise<T> {
    const start = this.#observer === undefined ? 0 : performance.now();
    this.#lastEvent = undefined;
    return new Promise((resolve, reject) => {
      let hasFailed = false;
      const fail = (error: unknown) => {
        if (hasFailed) return;
        hasFailed = true;
        deadline.fail();
        const failure = this.#failureOf(call, error);
        this.#reportEnd(subject, start, failure);
        reject(failure);
      };
      const deadline = this.#deadlines.start(() => {
        call.giveUp();
        fail(undefined);
      });
      const call = new StoreCall(this, subject, deadline);
      work(call).then((value) => {
        if (hasFailed) return;
        deadline.succeed();
        this.#reportEnd(subject, start, undefined);
        resolve(value);
      }, fail);
    });
  }

  /** Runs a public call of one statement. */
  run<T>(subject: CallSubject, operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.call(subject, (call) => call.send(operation, subject.writes));
  }

  /** Remembers an `error` event of the store's client: it often says why nothing is answered. */
  noteEvent(error: unknown): void {
    this.#lastEvent = error;
  }

  /** Tells the observer, whatever it does. */
  report(event: StoreEvent): void {
    callSafely(() => this.#observer?.store?.(event));
  }

  /** @param error What was thrown; `undefined` if the call has not ended. */
  #failureOf(call: StoreCall, error: unknown): Error {
    if (error instanceof SessionEncryptionError) return error;
    const { subject, mayHaveTakenEffect } = call;
    const { sessionId } = subject;
    const isLate = call.signal.aborted;
    if (isLate)
      this.report({ type: 'timeout', store: this.name, ...about(subject), mayHaveTakenEffect });
    const reason = isLate ? (call.lastRefusal ?? this.#lastEvent) : error;
    const cause = reason === undefined ? undefined : safeCause(reason);
    // A client may say only that it is not connected; the event before it said why.
    if (
      !isLate &&
      cause !== undefined &&
      this.#lastEvent !== undefined &&
      this.#lastEvent !== error
    ) {
      const [deepest, event] = [deepestOf(cause), safeCause(this.#lastEvent)];
      if (deepest.message !== event.message) deepest.cause = event;
    }
    const code = codeOf(error);
    const problem = isLate
      ? `${isPassing(call.lastRefusal) ? 'was not ready' : 'did not answer'} within ${this.deadline} ms`
      : `failed${code === undefined ? '' : ` (${code})`}`;
    const remedy = remedyOf(cause) ?? (isLate ? remedyOfSilence : undefined);
    const advice = remedy === undefined ? '' : ` ${remedy}`;
    const effect = mayHaveTakenEffect ? writeOutcomes.unknown : writeOutcomes.none;
    return new StoreUnavailableError(
      `${introduction(subject)}${this.name} ${problem}.${subject.writes ? effect : ''}${advice}`,
      { sessionId, cause, mayHaveTakenEffect },
    );
  }

  #reportEnd(subject: CallSubject, start: number, failure: Error | undefined): void {
    if (this.#observer === undefined) return;
    const milliseconds = performance.now() - start;
    const error = failure === undefined ? undefined : codeOf(failure);
    this.report({ type: 'call', store: this.name, ...about(subject), milliseconds, error });
  }
}

/** One public call while it runs. */
export class StoreCall {
  readonly #access: StoreAccess;
  readonly #deadline: Deadline;
  readonly subject: CallSubject;
  /** Aborted at the deadline. What was not sent by then must not be sent any more. */
  readonly signal: AbortSignal;
  /** The last failure after which a statement was sent again. */
  lastRefusal: unknown;
  /** Ends the wait for each statement that was sent. */
  readonly #waits = new Set<() => void>();
  #writesUnderWay = 0;
  #hasWritten = false;

  constructor(access: StoreAccess, subject: CallSubject, deadline: Deadline) {
    this.#access = access;
    this.#deadline = deadline;
    this.subject = subject;
    this.signal = deadline.signal;
  }

  /** Whether the time is up. Unlike `signal`, other calls may ask for it. */
  get isOver(): boolean {
    return this.#deadline.group.isOver;
  }

  /** Whether what the call is to write may be stored by now. */
  get mayHaveTakenEffect(): boolean {
    return this.#hasWritten || this.#writesUnderWay > 0;
  }

  /**
   * Sends a statement, again if it fails for a reason that passes or if its connection is lost: a
   * server ends idle ones, as do firewalls and load balancers, and the next statement is the first to
   * notice.
   *
   * @param writes Whether it makes the change that the call is for. One whose answer is false or 0, or a
   * list of nothing else, did not.
   * @param isRepeatable Whether it may be sent again though it may have been run.
   * @throws The driver's error, for `StoreAccess.call` to make a public one of.
   */
  readonly send = async <T>(
    operation: (signal: AbortSignal) => Promise<T>,
    writes = false,
    isRepeatable = !writes,
  ): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      if (this.signal.aborted) throw new NotSentError('The time for the call was up.');
      try {
        return await (writes ? this.#write(operation) : this.#wait(operation(this.signal)));
      } catch (error) {
        const isLost = isRepeatable && isLostConnection(error) && !this.signal.aborted;
        if (!isLost && !isPassing(error)) throw error;
        this.lastRefusal = error;
        const { name: store } = this.#access;
        const code = codeOf(error);
        this.#access.report({ type: 'retry', store, ...about(this.subject), attempt, code });
        await pauseBeforeAttempt(attempt, longestPause, this.signal);
      }
    }
  };

  /** Waits a random while after another writer was faster, so that one of them gets through. */
  async conflict(attempt: number): Promise<void> {
    const { name: store } = this.#access;
    this.#access.report({ type: 'conflict', store, ...about(this.subject), attempt });
    await pauseBeforeAttempt(attempt, longestPause, this.signal);
  }

  /** The time is up: ends all waits, so that nothing in this process hangs with the store. */
  giveUp(): void {
    for (const end of this.#waits) end();
  }

  #wait<T>(sent: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => reject(new Error('The store did not answer in time.'));
      this.#waits.add(end);
      void sent.then(resolve, reject).finally(() => this.#waits.delete(end));
    });
  }

  async #write<T>(operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#writesUnderWay++;
    try {
      const result = await this.#wait(operation(this.signal));
      if (this.#access.sendsAgain || saysOfChange(result)) this.#hasWritten = true;
      return result;
    } catch (error) {
      if (!hadNoEffect(error)) this.#hasWritten = true;
      throw error;
    } finally {
      this.#writesUnderWay--;
    }
  }
}

function deepestOf(error: Error): Error {
  return isError(error.cause) ? deepestOf(error.cause) : error;
}

function about({ operation, sessionId, shop }: CallSubject) {
  return { operation, sessionId, shop };
}

function introduction({ sessionId, shop }: CallSubject): string {
  // What an app passes for an id may be anything, even a symbol.
  if (sessionId !== undefined) return `Session ${String(sessionId)}: `;
  return shop === undefined ? 'Sessions: ' : `Sessions of ${String(shop)}: `;
}
