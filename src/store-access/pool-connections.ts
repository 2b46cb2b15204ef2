// Runs statements on connections of a pool, the app's or our own. A connection is taken first, and nothing
// is sent on it if the time is up by then: what waits in the pool itself is sent whenever a connection is
// free, long after its caller was told of a failure.
import { begunInTime, unlessAborted } from './begun-in-time.js';
import { Connecting } from './connecting.js';
import { Limiter } from './limiter.js';
import type { StoreAccess } from './store-access.js';

/** A pool of one driver. */
export interface ConnectionPool<Connection> {
  /** How many connections it has at most. */
  readonly size: number;
  take(): Promise<Connection>;
  /** @param isBroken Whether to close the connection. */
  giveBack(connection: Connection, isBroken: boolean): void;
  /** Whether an error says that its connection is of no more use. */
  isOfConnection(error: unknown): boolean;
}

export class PoolConnections<Connection> {
  readonly #pool: ConnectionPool<Connection>;
  readonly #limiter: Limiter;
  readonly #connecting = new Connecting();

  constructor(pool: ConnectionPool<Connection>, access: StoreAccess) {
    this.#pool = pool;
    this.#limiter = new Limiter(pool.size, (milliseconds) =>
      access.report({ type: 'wait', store: access.name, milliseconds }),
    );
  }

  /**
   * Runs `work` on a connection. One that does not answer in time is closed.
   *
   * @throws NotSentError if `signal` is aborted before there is a connection; `work` is then never run.
   */
  use<T>(work: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T> {
    const begun = (begin: () => void) =>
      this.#limiter.run(async () => {
        const connection = await this.#connecting.connect(() => this.#pool.take(), signal);
        if (signal.aborted) this.#pool.giveBack(connection, false);
        begin();
        return await this.#on(connection, work, signal);
      }, signal);
    return begunInTime(begun, signal, 'No connection to the database was there in time.');
  }

  async #on<T>(
    connection: Connection,
    work: (connection: Connection) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    let isHeld = true;
    const giveBack = (isBroken: boolean) => {
      if (isHeld) this.#pool.giveBack(connection, isBroken);
      isHeld = false;
    };
    try {
      // A connection of mysql2 that is closed leaves its statements without an answer.
      const result = await unlessAborted(work(connection), signal, () => {
        this.#connecting.noteSilence();
        giveBack(true);
        return new Error('The database did not answer in time.');
      });
      giveBack(false);
      return result;
    } catch (error) {
      giveBack(this.#pool.isOfConnection(error));
      throw error;
    }
  }
}
