// Leaves an SQLite database to others between two writes. SQLite has one writer at a time, and one that
// waits for the lock looks again only now and then: writes without a break would keep an app out
// until it gives up. The official storage then even loses sessions that it reported as stored.
import { pause } from '../../pause.js';

/** The longest break, in milliseconds. */
const longestBreak = 15;
/** Of the last 16 writes, at least one is taken to have found the lock free. */
const remembered = 16;

/**
 * Makes a function that runs writes one after the other, each followed by a break twice as long as
 * a write takes when nothing is in its way. A write that had to wait must not make the pause longer:
 * others had the database at that time.
 */
export function takingTurns(): <T>(write: () => Promise<T>) => Promise<T> {
  const times: number[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  return (write) => {
    const written = turn.then(async () => {
      const start = performance.now();
      const result = await write();
      times.push(performance.now() - start);
      if (times.length > remembered) times.shift();
      return result;
    });
    turn = written.then(
      () => pause(Math.min(2 * Math.min(...times), longestBreak)),
      // Most likely the lock is taken.
      () => pause(longestBreak),
    );
    return written;
  };
}
