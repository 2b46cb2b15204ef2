// Leaves an SQLite database to others between two writes. SQLite has one writer at a time, and one that
// waits for the lock looks again only now and then: writes without a break would keep an app out
// until it gives up. The official storage then even loses sessions that it reported as stored.
import { pause } from '../../pause.js';
import { NotSentError } from '../../store-access/index.js';
import { Limiter } from '../../store-access/limiter.js';

/** The longest break, in milliseconds. */
const longestBreak = 15;
/** Of the last 16 writes, at least one is taken to have found the lock free. */
const remembered = 16;

/**
 * Runs writes one after the other.
 *
 * @throws NotSentError if `signal` is aborted before it is a write's turn; it is then never run.
 */
export type InTurn = <T>(write: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Makes a function that runs writes one after the other, each followed by a break twice as long as
 * a write takes when nothing is in its way. A write that had to wait must not make the pause longer:
 * others had the database at that time.
 */
export function takingTurns(): InTurn {
  const times: number[] = [];
  const oneByOne = new Limiter(1);
  let restsUntil = 0;
  return (write, signal) =>
    oneByOne.run(async () => {
      const rest = restsUntil - performance.now();
      if (rest > 0) await pause(rest, signal);
      if (signal.aborted) throw new NotSentError('It was not the turn of this write in time.');
      const start = performance.now();
      try {
        const result = await write();
        times.push(performance.now() - start);
        if (times.length > remembered) times.shift();
        restsUntil = performance.now() + Math.min(2 * Math.min(...times), longestBreak);
        return result;
      } catch (error) {
        // Most likely the lock is taken.
        restsUntil = performance.now() + longestBreak;
        throw error;
      }
    }, signal);
}
