// Counts what sessions hold: plaintext, and something sealed with each key.
import type { FieldState } from '../session-fields/index.js';
import { kidOf } from './field-states.js';
import type { StoredCounts } from './reencryption-report.js';

/** How many key ids are counted that the key ring lacks: those are whatever the store says. */
const foreignAtMost = 1000;

export class StoredTally implements StoredCounts {
  plaintext = 0;
  /** Sessions that name a key beyond those that are counted. */
  onOtherKids = 0;
  // Without a prototype: `__proto__` is a valid key id.
  readonly byKid: Record<string, number> = Object.create(null);
  readonly #ring: readonly string[];
  #foreign = 0;

  /** @param ring The key ids that are always counted. */
  constructor(ring: readonly string[]) {
    this.#ring = ring;
  }

  /** Counts one session. */
  count(fields: readonly FieldState[]): void {
    if (fields.some(({ state }) => state === 'plaintext')) this.plaintext++;
    for (const kid of new Set(fields.map(kidOf))) if (kid !== undefined) this.#countKid(kid);
  }

  /** The counts as they stand, which do not change any more. */
  toCounts(): StoredCounts {
    return { plaintext: this.plaintext, byKid: Object.assign(Object.create(null), this.byKid) };
  }

  #countKid(kid: string): void {
    const count = this.byKid[kid];
    if (count === undefined && !this.#ring.includes(kid) && ++this.#foreign > foreignAtMost) {
      this.onOtherKids++;
    } else {
      this.byKid[kid] = (count ?? 0) + 1;
    }
  }
}
