// Has a Prisma client run writes on connections that it has given them: what waits in the client itself is
// sent whenever a connection is free, long after its caller was told of a failure.
import { OptionInvalidError } from '../../errors.js';
import { memberOf } from '../../foreign-object.js';
import { begunInTime, unlessAborted } from '../../store-access/begun-in-time.js';
import type { PrismaTransactions } from './prisma-model.js';

export class PrismaConnections {
  readonly #client: PrismaTransactions;
  readonly #options: { readonly maxWait: number; readonly timeout: number };
  readonly #isServer: boolean;
  #hasTransactions: boolean | undefined;

  /** @param provider The kind of database. */
  constructor(client: PrismaTransactions, provider: string | undefined, deadline: number) {
    this.#client = client;
    this.#options = { maxWait: deadline, timeout: deadline };
    this.#isServer = provider === 'postgresql' || provider === 'mysql';
  }

  /**
   * Runs `write` on a connection.
   *
   * @param write Makes the change with the client or the transaction that it is given: of one statement, where
   *   the database has no transactions.
   * @throws NotSentError if `signal` is aborted before there is a connection; `write` is then never run.
   * @throws OptionInvalidError if the client is of a release before 4.7.
   */
  use<T>(write: (client: object) => Promise<T>, signal: AbortSignal): Promise<T> {
    const work = async (begin: () => void): Promise<T> => {
      const run = async (client: object) => {
        begin();
        return await unlessAborted(write(client), signal, () => new Error(unanswered));
      };
      const inTransaction = async (transaction: PrismaTransactions) => {
        if (this.#isServer && !signal.aborted) await endTransaction(transaction);
        return await run(transaction);
      };
      if (await this.hasTransactions()) {
        return await this.#client.$transaction(inTransaction, this.#options);
      }
      return await run(this.#client);
    };
    return begunInTime(work, signal, reason);
  }

  /**
   * Whether several writes can be made as one.
   *
   * @throws OptionInvalidError if the client is of a release before 4.7.
   */
  async hasTransactions(): Promise<boolean> {
    if (this.#hasTransactions === undefined) {
      try {
        this.#hasTransactions = await this.#client.$transaction(async () => true, this.#options);
      } catch (error) {
        const message = String(memberOf(error, 'message'));
        if (tooOld.test(message)) {
          throw new OptionInvalidError(
            'prismaCatalog needs Prisma 4.7 or later. Update it: npm install prisma@latest @prisma/client@latest',
          );
        }
        if (!withoutTransactions.test(message)) throw error;
        this.#hasTransactions = false;
      }
    }
    return this.#hasTransactions;
  }
}

const unanswered = 'The database did not answer in time.';
const reason = 'No connection of the Prisma client was free in time.';

/**
 * Leaves the connection without a transaction. In one, rows would stay locked for hours if the network went
 * silent before they are committed; a statement by itself is committed by the server.
 */
async function endTransaction(transaction: PrismaTransactions): Promise<void> {
  try {
    await transaction.$executeRawUnsafe('COMMIT');
  } catch {
    // A client that runs no SQL of others keeps its transaction. If the connection is lost, the write fails.
  }
}

/** How Prisma before 4.7 refuses a function as a transaction. */
const tooOld = /map is not a function/;
/** How it refuses one over Cloudflare D1, which has no connection to wait for. */
const withoutTransactions = /does not support interactive transactions/;
