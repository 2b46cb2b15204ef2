// Lets the calls of this process about one key go one after the other, in the order in which they were made.
// For a store that cannot compare and swap, that is the lock.
import { pauseUntilEnd } from './pause.js';
import { isCloudflareWorkers } from './runtime/cloudflare.js';

/**
 * How much longer one that waits is given than those it waits for, in milliseconds. On Cloudflare Workers it may have
 * ended with its request, unseen; elsewhere it does begin, however long the event loop was blocked.
 */
const timeToBegin = isCloudflareWorkers ? 100 : 5_000;

/** One call's work on its keys. */
interface Turn {
  ended: Promise<unknown> | undefined;
  /**
   * When it counts as dead: it may wait for an answer that never comes. On Cloudflare Workers it may also have ended
   * with its request, unseen.
   */
  deadAt: number;
}

export class Turns {
  readonly #last = new Map<unknown, Turn>();

  /** Whether work on a key is waiting or under way. */
  isTaken(key: unknown): boolean {
    return this.#lastOf(key) !== undefined;
  }

  /**
   * Runs `work` after all earlier work on any of `keys` has ended, whether well or not; at once, if there
   * is none.
   *
   * @param longest How long it may take from now, in milliseconds; later work does not wait for it any longer. By
   * then `work` must have sent the last of what it changes: nothing ends it.
   */
  take<T>(keys: readonly unknown[], longest: number, work: () => Promise<T>): Promise<T> {
    const deadAt = longest === Number.POSITIVE_INFINITY ? longest : performance.now() + longest;
    const turn: Turn = { deadAt, ended: undefined };
    const earlier: Turn[] = [];
    for (const key of keys) {
      const last = this.#lastOf(key);
      if (last !== undefined) earlier.push(last);
    }
    const result = earlier.length === 0 ? work() : takeAfter(earlier, turn, work);
    turn.ended = result;
    const end = () => {
      for (const key of keys) if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    result.then(end, end);
    for (const key of keys) this.#last.set(key, turn);
    return result;
  }

  /** The last turn that later work on a key has to wait for. */
  #lastOf(key: unknown): Turn | undefined {
    const last = this.#last.get(key);
    return last !== undefined && timeLeft(last) > 0 ? last : undefined;
  }
}

/** Runs `work` as `turn` after earlier ones have ended. */
async function takeAfter<T>(
  earlier: readonly Turn[],
  turn: Turn,
  work: () => Promise<T>,
): Promise<T> {
  const { deadAt } = turn;
  // Until it begins, it may die only just after those it waits for: none that waits for it waits longer.
  turn.deadAt = Math.max(...earlier.map((one) => one.deadAt)) + timeToBegin;
  await Promise.all(earlier.map(endOf));
  turn.deadAt = deadAt;
  return work();
}

/** Waits until a turn has ended or counts as dead. */
async function endOf(turn: Turn): Promise<void> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  const ended = Promise.resolve(turn.ended).then(end, end);
  // It may have begun in the meantime, and then has more time.
  while (!hasEnded && timeLeft(turn) > 0) await pauseUntilEnd(ended, timeLeft(turn));
}

function timeLeft({ deadAt }: Turn): number {
  return deadAt === Number.POSITIVE_INFINITY ? deadAt : deadAt - performance.now();
}
