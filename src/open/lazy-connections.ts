// The connections of a pool that is opened when it is first needed.
import { NotSentError } from '../store-access/index.js';
import type { PoolConnections } from '../store-access/pool-connections.js';

/** A pool that is open. */
export interface OpenedPool<Result> {
  readonly connections: Pick<PoolConnections<unknown, Result>, 'run'>;
  /** Closes it. The app's own stays open, without anything of ours on it. */
  readonly end?: () => Promise<void>;
}

export class LazyConnections<Result> {
  readonly #open: () => Promise<OpenedPool<Result>>;
  #opening: Promise<OpenedPool<Result>> | undefined;
  #isClosed = false;

  constructor(open: () => Promise<OpenedPool<Result>>) {
    this.#open = open;
  }

  async run(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<Result> {
    if (this.#isClosed) throw new NotSentError('The session store was disconnected.');
    this.#opening ??= this.#open();
    const { connections } = await this.#opening.catch((error: unknown) => {
      // A package that was missing may be installed by the next call.
      this.#opening = undefined;
      throw error;
    });
    return connections.run(sql, values, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    const opened = await opening?.catch(() => undefined);
    await opened?.end?.();
  }
}
