// The instances of the app, half of them on each side of a rolling deploy: two still seal with the
// old key, so that there is always something to rotate, and two with the new one.
import type { Ledger, StoreOptions, WriterCounts } from './processes/protocol.js';
import type { TorturePrograms, Worker } from './processes/start.js';

const writerCount = 4;

export class Writers {
  readonly #workers: Worker<never>[] = [];
  readonly #counts: WriterCounts[] = [];
  readonly #ledgers: Ledger[] = [];
  #error: string | undefined;
  readonly #awaited: (() => void)[] = [];

  /** Starts the processes; they begin at once. */
  constructor(
    programs: TorturePrograms,
    store: StoreOptions,
    sessions: number,
    rings: readonly [string, string],
  ) {
    for (let writer = 0; writer < writerCount; writer++) {
      const keys = rings[writer % 2 === 0 ? 0 : 1];
      const options = { ...store, keys, writer, writers: writerCount, sessions };
      const worker = programs.startWriter(options);
      worker.onMessage((message) => {
        if ('error' in message) this.#error = message.error;
        else this.#counts[writer] = message.counts;
        if ('ledgers' in message) this.#ledgers.push(...message.ledgers);
        for (const look of this.#awaited) look();
      });
      this.#workers.push(worker as Worker<never>);
    }
  }

  /** What all of them have counted so far. */
  get counts(): WriterCounts {
    const sum = (name: keyof WriterCounts) =>
      this.#counts.reduce((total, counts) => total + (counts?.[name] ?? 0), 0);
    return { refreshed: sum('refreshed'), lost: sum('lost'), failed: sum('failed') };
  }

  /** Rejects when one of them fails. */
  get failure(): Promise<never> {
    return Promise.race(this.#workers.map(({ failure }) => failure));
  }

  /** Resolves once the counts are so; the time limit of the test is the only one. */
  until(isSo: (counts: WriterCounts) => boolean): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#awaited.push(() => {
        if (isSo(this.counts)) resolve();
      });
    });
    return Promise.race([reached, this.failure]);
  }

  /** Lets them finish what is in progress, and returns what they were told is stored. */
  async stop(): Promise<Ledger[]> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    if (this.#error !== undefined) throw new Error(`A writer failed: ${this.#error}`);
    return this.#ledgers;
  }
}
