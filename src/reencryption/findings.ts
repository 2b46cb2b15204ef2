// The sessions that a report names: the first ones in the report itself, all of them to a callback.

/** How many a report names by itself. */
const namedAtMost = 1000;

export class Findings<Finding> {
  readonly #named: Finding[] = [];
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
    if (this.#named.length < namedAtMost) this.#named.push(finding);
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
