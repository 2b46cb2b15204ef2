// The keys that were used last, in bounded memory.

/** About a megabyte of keys. */
const limit = 10_000;

export class RecentKeys {
  /** A Set keeps the order in which its members came. */
  readonly #keys = new Set<string>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    if (this.#keys.has(key)) return;
    if (this.#keys.size >= limit) {
      for (const oldest of this.#keys) {
        this.#keys.delete(oldest);
        break;
      }
    }
    this.#keys.add(key);
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }
}
