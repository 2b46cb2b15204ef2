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
    let hasPlaintext = false;
    let first: string | undefined;
    let others: Set<string> | undefined;
    for (const field of fields) {
      if (field.state === 'plaintext') hasPlaintext = true;
      const kid = kidOf(field);
      if (kid === undefined || kid === first || others?.has(kid)) continue;
      if (first === undefined) first = kid;
      else {
        others ??= new Set();
        others.add(kid);
      }
    }
    if (hasPlaintext) this.plaintext++;
    if (first !== undefined) this.#countKid(first);
    for (const kid of others ?? []) this.#countKid(kid);
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
