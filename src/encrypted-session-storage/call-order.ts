// The order in which calls for one session reach the wrapped storage: that in which they were made,
// although sealing takes longer for some sessions than for others.

export class CallOrder {
  /** Of each id with calls that are still to be made: settles once the last of them has been made. */
  readonly #lastMade = new Map<unknown, Promise<void>>();

  /**
   * Makes a call once every earlier call for its ids has been made, and does not wait for those to
   * end. Without a `preparation`, and with no earlier call waiting, it is made at once.
   *
   * @param preparation What the call needs. If it rejects, the call is not made.
   * @returns What the call answers.
   */
  run<P, T>(
    ids: readonly unknown[],
    makeCall: (prepared: P) => Promise<T>,
    preparation: Promise<P>,
  ): Promise<T>;
  run<T>(ids: readonly unknown[], makeCall: () => Promise<T>): Promise<T>;
  run<T>(
    ids: readonly unknown[],
    makeCall: (prepared: unknown) => Promise<T>,
    preparation?: Promise<unknown>,
  ): Promise<T> {
    const earlier: Promise<void>[] = [];
    for (const id of ids) {
      const made = this.#lastMade.get(id);
      if (made !== undefined) earlier.push(made);
    }
    if (earlier.length === 0 && preparation === undefined) return makeCall(undefined);
    const due = earlier.length === 0 ? preparation : Promise.all(earlier).then(() => preparation);
    // In an object: a promise for the answer itself would keep later calls waiting for the answer.
    const made = Promise.resolve(due).then((prepared) => ({ answer: makeCall(prepared) }));
    // It is handled in its turn, perhaps long after it has rejected.
    preparation?.catch(() => {});
    this.#remember(ids, made);
    return made.then(({ answer }) => answer);
  }

  #remember(ids: readonly unknown[], made: Promise<unknown>): void {
    const forget = () => {
      for (const id of ids) if (this.#lastMade.get(id) === settled) this.#lastMade.delete(id);
    };
    const settled = made.then(forget, forget);
    for (const id of ids) this.#lastMade.set(id, settled);
  }
}
