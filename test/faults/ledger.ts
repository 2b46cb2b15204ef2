// The account of one session: what its only writer was told of each write, so that whatever is read
// later can be judged.

/** One write. No other write of the same session has its number. */
interface Write {
  readonly number: number;
  /** false: the session was deleted. */
  readonly stored: boolean;
}

/** What an account is when it goes from one process to another. */
export interface LedgerState {
  readonly id: string;
  readonly shop: string;
  /** The newest write that is known to have taken effect. */
  readonly confirmed: Write;
  /** Writes after that one which failed: each may have taken effect. */
  readonly doubtful: readonly Write[];
  /** Writes that failed before the confirmed one: none may take effect any more. */
  readonly superseded: readonly Write[];
  /** Writes whose error said that they had no effect: none ever may. */
  readonly denied: readonly Write[];
}

/**
 * `current`: what the writer was told, or a failed write that took effect. `late`: a failed write
 * took effect after a later one had been acknowledged. `denied`: a write took effect although its
 * error said that it had not. `lost`: anything else.
 */
export type Verdict = 'current' | 'late' | 'denied' | 'lost';

/** The account of one session. */
export class Ledger {
  readonly id: string;
  readonly shop: string;
  #newest: number;
  #confirmed: Write = { number: 0, stored: false };
  #doubtful: Write[] = [];
  #superseded: Write[] = [];
  #denied: Write[] = [];

  constructor(id: string, shop: string) {
    this.id = id;
    this.shop = shop;
    this.#newest = 0;
  }

  static of({ id, shop, confirmed, doubtful, superseded, denied }: LedgerState): Ledger {
    const ledger = new Ledger(id, shop);
    ledger.#confirmed = confirmed;
    ledger.#doubtful = [...doubtful];
    ledger.#superseded = [...superseded];
    ledger.#denied = [...denied];
    return ledger;
  }

  /** The number for the next write. */
  next(): number {
    return ++this.#newest;
  }

  /** The store has acknowledged a write. */
  acknowledge(write: Write): void {
    this.#superseded.push(...this.#doubtful);
    this.#doubtful = [];
    this.#confirmed = write;
  }

  /** The store has failed, so that nobody knows. */
  doubt(write: Write): void {
    this.#doubtful.push(write);
  }

  /** The store has failed, and says that the write had no effect. */
  deny(write: Write): void {
    this.#denied.push(write);
  }

  /** Whether the session is certain to be there (true) or not (false); undefined: nobody knows. */
  get isThere(): boolean | undefined {
    const { stored } = this.#confirmed;
    return this.#doubtful.every((write) => write.stored === stored) ? stored : undefined;
  }

  /** @param found The number of the write that was read; undefined: there is no session. */
  judge(found: number | undefined): Verdict {
    const matches = ({ number, stored }: Write) =>
      found === undefined ? !stored : stored && number === found;
    if (matches(this.#confirmed)) return 'current';
    const taken = this.#doubtful.findLastIndex(matches);
    const write = this.#doubtful[taken];
    if (write !== undefined) {
      this.#confirmed = write;
      this.#superseded.push(...this.#doubtful.slice(0, taken));
      this.#doubtful = this.#doubtful.slice(taken + 1);
      return 'current';
    }
    const late = this.#superseded.find(matches);
    const denied = this.#denied.find(matches);
    // Each harm counts once.
    this.#confirmed = late ?? denied ?? { number: found ?? 0, stored: found !== undefined };
    if (late !== undefined) return 'late';
    return denied === undefined ? 'lost' : 'denied';
  }

  toJSON(): LedgerState {
    return {
      id: this.id,
      shop: this.shop,
      confirmed: this.#confirmed,
      doubtful: this.#doubtful,
      superseded: this.#superseded,
      denied: this.#denied,
    };
  }
}
