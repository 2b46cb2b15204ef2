// Sessions that only another pass over a store can find again, without their tokens.
import type { SeenSession } from './tally.js';

export class PendingSessions {
  /** A catalog may hand out a session more than once, and each time is counted. */
  readonly #byId = new Map<string, SeenSession[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(sessionId: string): boolean {
    return this.#byId.has(sessionId);
  }

  add(seen: SeenSession): void {
    const before = this.#byId.get(seen.sessionId) ?? [];
    this.#byId.set(seen.sessionId, [...before, seen]);
    this.#size++;
  }

  /** Takes out all that was seen of one session. */
  take(sessionId: string): readonly SeenSession[] {
    const taken = this.#byId.get(sessionId) ?? [];
    this.#byId.delete(sessionId);
    this.#size -= taken.length;
    return taken;
  }

  all(): readonly SeenSession[] {
    return [...this.#byId.values()].flat();
  }
}
