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

/** What is known of a connection that was used. */
interface KnownConnection {
  /** In the order in which they were first used. */
  readonly number: number;
  /** How many refusals there had been when its last write was begun. */
  wroteAfter: number;
  /** When it was first used, or has answered since. */
  answeredAt: number;
}

export class PoolConnections<Connection, Result> {
  readonly #pool: ConnectionPool<Connection, Result>;
  readonly #limiter: Limiter;
  readonly #connecting = new Connecting();
  readonly #known = new WeakMap<object, KnownConnection>();
  #newest = 0;
  /** How often the server has refused to write. */
  #refusals = 0;
  /** The refusals after which a write was begun and made: maybe by another server, which has taken over. */
  #overcome = 0;
  /** The newest connection when that was found. */
  #newestThen = 0;
  /** When the last statement was sent that was not answered in time. */
  #silentSince = Number.NEGATIVE_INFINITY;

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

  /**
   * A connection that does not lead to a server whose place has been taken: what is read there is out of date.
   * Nor one that was idle when another went silent: most likely that one has as well.
   */
  async #take(): Promise<Connection> {
    for (;;) {
      const connection = await this.#pool.take();
      const { number, wroteAfter, answeredAt } = this.#knownAs(connection);
      const isCurrent = number > this.#newestThen || wroteAfter >= this.#overcome;
      if (isCurrent && answeredAt >= this.#silentSince) return connection;
      this.#pool.giveBack(connection, true);
    }
  }

  #knownAs(connection: Connection): KnownConnection {
    const identity = this.#pool.identityOf(connection);
    const known = this.#known.get(identity);
    if (known !== undefined) return known;
    const added = { number: ++this.#newest, wroteAfter: 0, answeredAt: performance.now() };
    this.#known.set(identity, added);
    return added;
  }

  /** @param refusals As many as there were when the write was begun. */
  #noteWrite(connection: Connection, refusals: number): void {
    this.#knownAs(connection).wroteAfter = refusals;
    if (refusals <= this.#overcome) return;
    this.#overcome = refusals;
    this.#newestThen = this.#newest;
  }

  async #on(
    connection: Connection,
    sql: string,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Result> {
    const refusals = this.#refusals;
    const sentAt = performance.now();
    let isHeld = true;
    const giveBack = (isBroken: boolean) => {
      if (!isBroken) this.#knownAs(connection).answeredAt = performance.now();
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
          this.#silentSince = Math.max(this.#silentSince, sentAt);
          giveBack(true);
          return new Error('The database did not answer in time.');
        },
      );
      if (!/^SELECT/i.test(sql)) this.#noteWrite(connection, refusals);
      giveBack(false);
      return result;
    } catch (error) {
      const isReadOnly = this.#pool.isReadOnly(error);
      if (isReadOnly) this.#refusals++;
      giveBack(isReadOnly || this.#pool.isOfConnection(error));
      throw error;
    }
  }
}
