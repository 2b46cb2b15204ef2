// The versions of the records that were used last, in bounded memory. A wrong one costs a round trip
// and nothing else.

/** About two megabytes of keys and versions. */
const limit = 10_000;

export class KnownVersions {
  /** A Map keeps the order in which its keys came. */
  readonly #versions = new Map<string, string>();

  get(key: string): string | undefined {
    return this.#versions.get(key);
  }

  set(key: string, version: string): void {
    if (!this.#versions.has(key) && this.#versions.size >= limit) {
      for (const oldest of this.#versions.keys()) {
        this.#versions.delete(oldest);
        break;
      }
    }
    this.#versions.set(key, version);
  }

  delete(key: string): void {
    this.#versions.delete(key);
  }
}
