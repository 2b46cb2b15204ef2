// The connections of a pool that is opened when it is first needed.
import type { PoolConnections } from '../store-access/pool-connections.js';

/** A pool that is open. */
export interface OpenedPool<Connection> {
  readonly connections: PoolConnections<Connection>;
  /** Closes it; missing for the app's own. */
  readonly end?: () => Promise<void>;
}

export class LazyConnections<Connection> {
  readonly #open: () => Promise<OpenedPool<Connection>>;
  #opening: Promise<OpenedPool<Connection>> | undefined;

  constructor(open: () => Promise<OpenedPool<Connection>>) {
    this.#open = open;
  }

  async use<T>(work: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#opening ??= this.#open();
    const { connections } = await this.#opening.catch((error: unknown) => {
      // A package that was missing may be installed by the next call.
      this.#opening = undefined;
      throw error;
    });
    return connections.use(work, signal);
  }

  async close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = Promise.reject(new Error('The session store was disconnected.'));
    this.#opening.catch(() => {});
    await opened?.end?.();
  }
}
