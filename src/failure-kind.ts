// One kind of failure of a store, and what mends it.

export interface FailureKind {
  /** One sentence, after one that says that the store failed. `It` is the store. */
  readonly remedy: string;
  /** Whether it may come right without a change to how the store is reached. */
  readonly mayPass?: true;
  /** Codes of the drivers, and the first words of what Redis answers. */
  readonly codes: readonly string[];
  /** A class of SQLSTATEs. */
  readonly states?: RegExp;
  /** What drivers say without a code of its own. */
  readonly messages?: RegExp;
}
