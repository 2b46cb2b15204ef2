// Goes through an enumeration of sessions in batches, in bounded memory: while the store is busy with
// some, the next are read and sealed.
import { OptionInvalidError, type SessionEncryptionError } from '../errors.js';
import { hasMembers, memberOf, typeName } from '../foreign-object.js';
import { isAboutOneSession } from './one-session-errors.js';
import type { Pace } from './pace.js';

/** Two keep the store busy while a third is prepared; more would only take memory. */
const underWayAtMost = 2;

export interface BatchOptions<S> {
  /** Sessions in one batch, at most. */
  readonly batchSize: number;
  /** Ends the run after the batches in progress. */
  readonly signal: AbortSignal | undefined;
  /** Of all that is read: sessions that are passed over cost the store a reading as well. */
  readonly pace?: Pace | undefined;
  /** Others are passed over. */
  isWanted?(session: S): boolean;
  /** Told of records that are not sessions, which a catalog reports at the end of its enumeration. */
  onUnreadable(error: SessionEncryptionError): void;
}

/**
 * Prepares and settles every session, batch after batch.
 *
 * @param prepare Does what needs the processor: while it works on a batch, the store works on others.
 * @param settle Does what needs the store. It is called at once for each batch that is prepared.
 * @returns Whether every session was settled; false if the signal ended it.
 * @throws What `sessions` (but see `onUnreadable`), `prepare` or `settle` throws first, once the
 * batches in progress are settled.
 */
export async function inBatches<S, Prepared>(
  sessions: AsyncIterable<S>,
  options: BatchOptions<S>,
  prepare: (batch: readonly S[]) => Promise<Prepared>,
  settle: (prepared: Prepared) => Promise<void>,
): Promise<boolean> {
  const { signal, pace, batchSize } = options;
  const isAborted = () => signal?.aborted === true;
  const reader = new BatchReader(sessions, options);
  const underWay = new Set<Promise<void>>();
  let isComplete = true;
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  while (!reader.ended && failure === undefined && !isAborted()) {
    const batch = await reader.read(batchSize);
    if (reader.passed > 0) await pace?.admit(reader.passed, signal);
    if (batch.length === 0) continue;
    try {
      const prepared = await prepare(batch);
      while (underWay.size >= underWayAtMost) await Promise.race(underWay);
      if (failure !== undefined || isAborted()) {
        isComplete = false;
        break;
      }
      const settling: Promise<void> = settle(prepared)
        .catch(fail)
        .finally(() => underWay.delete(settling));
      underWay.add(settling);
    } catch (error) {
      fail(error);
    }
    await turn();
  }
  await Promise.all(underWay);
  if (!reader.ended) await reader.close().catch(failure === undefined ? fail : () => {});
  if (failure !== undefined) throw failure.error;
  if (reader.failure !== undefined) throw reader.failure.error;
  return reader.ended && isComplete;
}

class BatchReader<S> {
  /** Whether there is nothing more to read. */
  ended = false;
  failure: { readonly error: unknown } | undefined;
  /** How many sessions the last call has read. */
  passed = 0;
  readonly #iterator: AsyncIterator<S>;
  readonly #options: BatchOptions<S>;

  constructor(sessions: AsyncIterable<S>, options: BatchOptions<S>) {
    this.#iterator = sessions[Symbol.asyncIterator]();
    this.#options = options;
  }

  /** The next sessions; fewer at the end, after a failure, and when the signal comes. */
  async read(size: number): Promise<S[]> {
    const { signal, pace, isWanted, onUnreadable } = this.#options;
    const batch: S[] = [];
    this.passed = 0;
    const isFull = () => (pace === undefined ? batch.length : this.passed) >= size;
    while (!isFull() && !this.ended && signal?.aborted !== true) {
      try {
        const { done, value } = await this.#iterator.next();
        if (done === true) this.ended = true;
        else {
          assertSession(value);
          this.passed++;
          if (isWanted?.(value) ?? true) batch.push(value);
        }
      } catch (error) {
        this.ended = true;
        if (isAboutOneSession(error)) onUnreadable(error);
        else this.failure = { error };
      }
    }
    return batch;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}

/**
 * A catalog of the app's own may be wrong, and what it yields would be counted as if it were in order.
 *
 * @throws {OptionInvalidError} It is not a session.
 */
export function assertSession(yielded: unknown): void {
  if (typeof memberOf(yielded, 'id') === 'string') return;
  const what = hasMembers(yielded) ? `${typeName(yielded)} without an id` : typeName(yielded);
  throw new OptionInvalidError(
    `The catalog's sessions() must yield sessions, each an object with an id, but yielded ${what}.`,
  );
}

/** Lets a client send what it was given, and signals arrive, before the processor is busy again. */
async function turn(): Promise<void> {
  if (typeof setImmediate === 'function') await new Promise((resolve) => setImmediate(resolve));
}
