// The sessions that a report names: the first ones of each outcome in the report itself, all to a callback.

/** How many of one outcome a report names by itself: many of one hide none of another. */
const namedAtMost = 1000;

export class Findings<Finding extends { readonly outcome: string }> {
  readonly #named: Finding[] = [];
  readonly #namedOf = new Map<string, number>();
  readonly #onFinding: ((finding: Finding) => unknown) | undefined;
  #total = 0;
  /** Those that the callback has not been told of yet. */
  #untold: Finding[] = [];

  constructor(onFinding: ((finding: Finding) => unknown) | undefined) {
    this.#onFinding = onFinding;
  }

  add(finding: Finding): void {
    this.#total++;
    if (this.#onFinding !== undefined) this.#untold.push(finding);
    const before = this.#namedOf.get(finding.outcome) ?? 0;
    if (before >= namedAtMost) return;
    this.#namedOf.set(finding.outcome, before + 1);
    this.#named.push(finding);
  }

  /** Tells the callback what was found since. A callback that throws harms nothing. */
  async flush(): Promise<void> {
    const untold = this.#untold;
    this.#untold = [];
    for (const finding of untold) {
      try {
        await this.#onFinding?.(finding);
      } catch {
        // The callback's own failure. The run goes on.
      }
    }
  }

  /** For the report: those that it names, and how many there are besides. */
  toReport(): { readonly findings: readonly Finding[]; readonly furtherFindings: number } {
    return { findings: [...this.#named], furtherFindings: this.#total - this.#named.length };
  }
}
