// What re-encryption and copying need of a store. `KeyvSessionStorage` is a catalog; the official
// session storages have one each.

/**
 * A store whose sessions can be gone through and replaced one by one while an app uses it.
 * Sessions are handed out and taken as they are stored: their tokens stay sealed.
 *
 * @example
 * const catalog: SessionCatalog<Session> = new KeyvSessionStorage(new Keyv(new KeyvRedis(url)));
 * for await (const stored of catalog.sessions()) console.log(stored.id);
 */
export interface SessionCatalog<S> {
  /**
   * Every session as it is stored, in bounded memory. Finds every session that was there
   * throughout; one may be handed out more than once. Rejects when the store fails: an enumeration
   * that ends is complete. So is one that ends with `RecordUnreadableError`: there were records that
   * are no sessions.
   */
  sessions(): AsyncIterable<S>;

  /**
   * Stores `next`, but only if what is stored under its id still equals `current`, in one atomic
   * step. `current` undefined: only if nothing is stored under `next.id`.
   *
   * @param current A session that `sessions` or `loadSession` handed out, unchanged.
   * @param next A session with the same id.
   * @returns Whether `next` was stored; false if what is stored differs from `current`, or is gone.
   */
  replaceSession(current: S | undefined, next: S): Promise<boolean>;

  /**
   * One session as it is stored, or undefined. Optional: without it, a session that was changed
   * meanwhile is looked at again in another pass over all sessions.
   */
  loadSession?(id: string): Promise<S | undefined>;

  /**
   * False when compare-and-swap holds within this process only, so that a write of another process
   * in the same moment could be lost. Default: true.
   */
  readonly atomic?: boolean;

  /**
   * Findings for the operator, such as a column too short for a sealed token. Optional.
   *
   * @param sealedTokenLength The characters of one access token as it will be sealed, as
   * `sealedTokenLength(keyring)` says. Default: 187, under a key whose id has 7.
   */
  warnings?(sealedTokenLength?: number): Promise<string[]>;

  /** Closes what the catalog opened. Optional. */
  disconnect?(): Promise<void>;
}
