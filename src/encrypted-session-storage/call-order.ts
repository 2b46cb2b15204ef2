// The order in which calls for one session reach the wrapped storage: that in which they were made,
// although sealing takes longer for some sessions than for others.

import { type Awaitable, isPromised } from '../awaitable.js';
import { StoreUnavailableError } from '../errors.js';
import { inTime } from '../pause.js';
import { isCloudflareWorkers } from '../runtime/cloudflare.js';
import { Turns } from '../turns.js';
import { writeOutcomes } from '../write-outcomes.js';

/** How long later calls wait for one to be made, in milliseconds. Loading keys is given up before. */
const longestPreparation = 15_000;
/** On Cloudflare Workers one ends with its request, unseen. Elsewhere each ends by itself. */
const longestWait = isCloudflareWorkers ? longestPreparation : Number.POSITIVE_INFINITY;

/**
 * What a preparation answers that asks the wrapped storage or the app. Later calls for the session wait for it, and
 * must not for ever.
 *
 * @throws {StoreUnavailableError} It takes too long.
 */
export function preparedInTime<P>(sessionId: string, preparation: Promise<P>): Promise<P> {
  return inTime(preparation, longestPreparation, () => {
    const message = `Session ${sessionId}: the wrapped storage, or openLegacy, did not answer within ${longestPreparation} ms.`;
    return new StoreUnavailableError(message + writeOutcomes.none, { sessionId });
  });
}

export class CallOrder {
  /** A turn ends once its call has been made. */
  readonly #turns = new Turns();

  /**
   * Makes a call once every earlier call for its ids has been made, and does not wait for those to
   * end. It is made at once where no earlier call is waiting and what it needs is there.
   *
   * @param preparation What the call needs. If it rejects, the call is not made.
   * @returns What the call answers.
   */
  run<P, T>(
    ids: readonly unknown[],
    makeCall: (prepared: P) => Promise<T>,
    preparation: Awaitable<P>,
  ): Promise<T>;
  run<T>(ids: readonly unknown[], makeCall: () => Promise<T>): Promise<T>;
  run<T>(
    ids: readonly unknown[],
    makeCall: (prepared: unknown) => Promise<T>,
    preparation?: Awaitable<unknown>,
  ): Promise<T> {
    const isFirst = !ids.some((id) => this.#turns.isTaken(id));
    if (isFirst && !isPromised(preparation)) return makeCall(preparation);
    const prepared = Promise.resolve(preparation);
    // It is handled in its turn, perhaps long after it has rejected.
    if (!isFirst) prepared.catch(() => {});
    // In an object: a promise for the answer itself would keep later calls waiting for the answer.
    const made = this.#turns.take(ids, longestWait, () =>
      prepared.then((value) => ({ answer: makeCall(value) })),
    );
    return made.then(({ answer }) => answer);
  }
}
