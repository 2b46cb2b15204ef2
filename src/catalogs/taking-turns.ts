// Leaves an SQLite database to others between two writes. SQLite has one writer at a time, and who
// waits for the lock looks again only now and then: writes without a break would keep an app out
// until it gives up. The official storage then even loses sessions that it said it had stored.

/** The longest break, in milliseconds: a write takes long when it had to wait itself. */
const longestBreak = 15;

/** Makes a function that runs writes one after the other, each followed by a break twice as long. */
export function takingTurns(): <T>(write: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  return (write) => {
    const written = turn.then(async () => {
      const start = performance.now();
      try {
        return { result: await write(), time: performance.now() - start };
      } catch (error) {
        return { error, time: performance.now() - start };
      }
    });
    turn = written.then(
      ({ time }) => new Promise((resolve) => setTimeout(resolve, Math.min(2 * time, longestBreak))),
    );
    return written.then((outcome) => {
      if ('error' in outcome) throw outcome.error;
      return outcome.result;
    });
  };
}
