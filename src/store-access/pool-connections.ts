// Runs statements on connections of a pool, the app's or our own. A connection is taken first, and nothing
// is sent on it if the time is up by then: what waits in the pool itself is sent whenever a connection is
// free, long after its caller was told of a failure.
import { begunInTime, unlessAborted } from './begun-in-time.js';
import { Connecting } from './connecting.js';
import { Limiter } from './limiter.js';
import type { StoreAccess } from './store-access.js';

/** A pool of one driver. */
export interface ConnectionPool<Connection, Result> {
  /** How many connections it has at most. */
  readonly size: number;
  take(): Promise<Connection>;
  /** What is the same whenever a connection is taken again. */
  identityOf(connection: Connection): object;
  execute(connection: Connection, sql: string, values: readonly unknown[]): Promise<Result>;
  /** @param isBroken Whether to close the connection. */
  giveBack(connection: Connection, isBroken: boolean): void;
  /** Whether an error says that its connection is of no more use. */
  isOfConnection(error: unknown): boolean;
  /** Whether an error says that the server takes no writes: another may have taken its place. */
  isReadOnly(error: unknown): boolean;
}

export class PoolConnections<Connection, Result> {
  readonly #pool: ConnectionPool<Connection, Result>;
  readonly #limiter: Limiter;
  readonly #connecting = new Connecting();
  /** The number of each connection, in the order in which they were first used. */
  readonly #numbers = new WeakMap<object, number>();
  #newest = 0;
  /** Connections before this one are closed. */
  #oldest = 0;
  /** The newest connection when the server last refused a write. */
  #refusedAt: number | undefined;

  constructor(pool: ConnectionPool<Connection, Result>, access: StoreAccess) {
    this.#pool = pool;
    this.#limiter = new Limiter(pool.size, (milliseconds) =>
      access.report({ type: 'wait', store: access.name, milliseconds }),
    );
  }

  /**
   * Runs a statement on a connection. One that does not answer in time is closed.
   *
   * @throws NotSentError if `signal` is aborted before there is a connection; nothing is sent then.
   */
  run(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<Result> {
    const begun = (begin: () => void) =>
      this.#limiter.run(async () => {
        const connection = await this.#connecting.connect(() => this.#take(), signal);
        if (signal.aborted) this.#pool.giveBack(connection, false);
        begin();
        return await this.#on(connection, sql, values, signal);
      }, signal);
    return begunInTime(begun, signal, 'No connection to the database was there in time.');
  }

  async #take(): Promise<Connection> {
    for (;;) {
      const connection = await this.#pool.take();
      if (this.#numberOf(connection) >= this.#oldest) return connection;
      this.#pool.giveBack(connection, true);
    }
  }

  #numberOf(connection: Connection): number {
    const identity = this.#pool.identityOf(connection);
    const number = this.#numbers.get(identity) ?? ++this.#newest;
    this.#numbers.set(identity, number);
    return number;
  }

  /**
   * A write has been made again after some were refused: another server may have taken over. Then older
   * connections lead to its predecessor, which answers reads with what is out of date.
   */
  #noteWrite(connection: Connection): void {
    const number = this.#numberOf(connection);
    if (this.#refusedAt === undefined || number <= this.#refusedAt) return;
    this.#oldest = number;
    this.#refusedAt = undefined;
  }

  async #on(
    connection: Connection,
    sql: string,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Result> {
    let isHeld = true;
    const giveBack = (isBroken: boolean) => {
      if (isHeld) this.#pool.giveBack(connection, isBroken);
      isHeld = false;
    };
    try {
      // A connection of mysql2 that is closed leaves its statements without an answer.
      const result = await unlessAborted(
        this.#pool.execute(connection, sql, values),
        signal,
        () => {
          this.#connecting.noteSilence();
          giveBack(true);
          return new Error('The database did not answer in time.');
        },
      );
      if (!/^SELECT/i.test(sql)) this.#noteWrite(connection);
      giveBack(false);
      return result;
    } catch (error) {
      const isReadOnly = this.#pool.isReadOnly(error);
      if (isReadOnly) this.#refusedAt = this.#newest;
      giveBack(isReadOnly || this.#pool.isOfConnection(error));
      throw error;
    }
  }
}
