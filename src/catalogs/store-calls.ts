// Calls a database on behalf of a catalog: within a deadline, again after a passing conflict, and
// with errors that carry no data.
import { SessionEncryptionError, StoreUnavailableError } from '../errors.js';
import { codeOf, safeCause } from '../safe-cause.js';

/** How a driver's errors are to be taken. */
export interface DriverErrors {
  /** Whether the same statement may succeed when it is sent again, as after a deadlock. */
  isPassing(code: string, error: unknown): boolean;
}

/** One kind of call. */
export interface Call {
  /** The session that it is about. */
  readonly sessionId?: string;
  /** Whether something is changed, so that a call that fails late may have taken effect. */
  readonly writes?: true;
}

const pause = 20;

export class StoreCalls {
  readonly #store: string;
  readonly #deadline: number;
  readonly #errors: DriverErrors;

  /**
   * @param store What the store is called in messages, such as `the PostgreSQL database`.
   * @param deadline How long one call may take, in milliseconds.
   */
  constructor(store: string, deadline: number, errors: DriverErrors) {
    this.#store = store;
    this.#deadline = deadline;
    this.#errors = errors;
  }

  /**
   * Runs `operation`.
   *
   * @throws StoreUnavailableError if it fails, or is not done within the deadline.
   */
  async run<T>(call: Call, operation: () => Promise<T>): Promise<T> {
    const end = Date.now() + this.#deadline;
    for (;;) {
      try {
        return await this.#withinDeadline(call, operation, end - Date.now());
      } catch (error) {
        if (error instanceof SessionEncryptionError) throw error;
        const passing = this.#errors.isPassing(codeOf(error) ?? '', error);
        if (!passing || Date.now() + pause >= end) throw this.#failure(call, error);
        await new Promise((resolve) => setTimeout(resolve, pause * Math.random()));
      }
    }
  }

  async #withinDeadline<T>(call: Call, operation: () => Promise<T>, milliseconds: number) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(this.#lateness(call)), milliseconds);
    });
    try {
      return await Promise.race([operation(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #lateness(call: Call): StoreUnavailableError {
    const doubt = call.writes ? ' The write may have taken effect all the same.' : '';
    return new StoreUnavailableError(
      `${introduction(call)}${this.#store} did not answer within ${this.#deadline} ms.${doubt}`,
      call,
    );
  }

  #failure(call: Call, error: unknown): StoreUnavailableError {
    const code = codeOf(error);
    const reason = code === undefined ? '' : ` (${code})`;
    const { sessionId } = call;
    return new StoreUnavailableError(`${introduction(call)}${this.#store} failed${reason}.`, {
      sessionId,
      cause: safeCause(error),
    });
  }
}

function introduction({ sessionId }: Call): string {
  return sessionId === undefined ? 'Sessions: ' : `Session ${sessionId}: `;
}
