// Lets the calls of this process about one key go one after the other, in the order in which they were made.
// For a store that cannot compare and swap, that is the lock.
import { pauseUntilEnd } from './pause.js';
import { isCloudflareWorkers } from './runtime/cloudflare.js';

/** How much longer one that waits is given than those it waits for, in milliseconds. */
const timeToBegin = 100;

/** One call's work on its keys. */
interface Turn {
  ended: Promise<unknown> | undefined;
  /** When it counts as dead: on Cloudflare Workers it ends with its request, and says nothing. Elsewhere never. */
  deadAt: number;
}

export class Turns {
  readonly #last = new Map<unknown, Turn>();

  /** Whether work on a key is waiting or under way. */
  isTaken(key: unknown): boolean {
    const last = this.#last.get(key);
    return last !== undefined && timeLeft(last) > 0;
  }

  /**
   * Runs `work` after all earlier work on any of `keys` has ended, whether well or not; at once, if there
   * is none.
   *
   * @param longest How long it may take from now, in milliseconds. Then, on Cloudflare Workers, later work waits
   * for it no more.
   */
  async take<T>(keys: readonly unknown[], longest: number, work: () => Promise<T>): Promise<T> {
    const deadAt = isCloudflareWorkers ? performance.now() + longest : Number.POSITIVE_INFINITY;
    const earlier = keys.flatMap((key) => this.#last.get(key) ?? []);
    const turn: Turn = { deadAt, ended: undefined };
    const begin = () => {
      turn.deadAt = deadAt;
      return work();
    };
    // Until it begins, it may die only just after those it waits for: none that waits for it waits longer.
    if (earlier.length > 0) turn.deadAt = Math.max(...earlier.map(deathOf)) + timeToBegin;
    const result = earlier.length > 0 ? Promise.all(earlier.map(endOf)).then(begin) : begin();
    turn.ended = result;
    for (const key of keys) this.#last.set(key, turn);
    try {
      return await result;
    } finally {
      for (const key of keys) if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }
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

function deathOf({ deadAt }: Turn): number {
  return deadAt;
}

function timeLeft({ deadAt }: Turn): number {
  return deadAt - performance.now();
}
