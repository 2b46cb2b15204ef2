// Keys that a function of the app loads, as from a secrets manager, and loads again while they are used.

import { KeyringInvalidError, OptionInvalidError } from '../errors.js';
import { inTime, pauseUntilEnd } from '../pause.js';
import { encodeBase64url } from '../runtime/base64url.js';
import { sha256 } from '../runtime/sha256.js';
import { codeOf, safeCause } from '../safe-cause.js';
import { invalidRing } from './key-entry.js';
import { DEFAULT_REFRESH_INTERVAL, warnOfRefresh } from './key-file.js';
import { type KeySet, keySet } from './key-set.js';
import { parseKeys } from './parse-keys.js';
import { type JsonWebKeySet, readJwks } from './read-jwks.js';

/**
 * Answers the keys: the text that `SESSION_ENCRYPTION_KEYS` would hold, or a JWK Set. Called again
 * while the key ring is used, once the last call has answered, or has not for 2 seconds.
 */
export type KeyLoader = () => Promise<string | JsonWebKeySet> | string | JsonWebKeySet;

const SOURCE = 'The key source';
/** Milliseconds after which a load counts as failed. */
const LOAD_TIMEOUT = 10_000;
/** Milliseconds between two loads at least. */
const SHORTEST_INTERVAL = 1_000;
/**
 * Milliseconds after which nobody waits for a load of another caller: on Cloudflare Workers it ends with its
 * request, and never answers. Elsewhere it still counts when it does.
 */
const PATIENCE = 2_000;
/**
 * Intervals after which keys are too old to seal with. While a key ring is used, its keys are at most one
 * interval and one load old: older ones are of an instance that rested, perhaps through a whole rotation.
 */
const INTERVALS_TO_SEAL = 2;

export class KeySource {
  readonly #load: KeyLoader;
  readonly #interval: number;
  /** When the last load began. */
  #startedAt = Number.NEGATIVE_INFINITY;
  /** When a load last answered, or failed. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** How many loads have begun, and which of them last answered. */
  #started = 0;
  #answered = 0;
  /** The load that began last, until it answers. */
  #loading: Promise<void> | undefined;
  /** Stands for what was loaded last, so that the same again is not parsed. */
  #version: string | undefined;
  /** Keys that were loaded and that the key ring has not taken yet. */
  #fresh: KeySet | undefined;
  #lastError: KeyringInvalidError | undefined;

  constructor(load: KeyLoader, refreshInterval = DEFAULT_REFRESH_INTERVAL) {
    if (typeof load !== 'function') {
      throw new OptionInvalidError('Keyring.fromSource needs a function that loads the keys.');
    }
    if (!(refreshInterval >= SHORTEST_INTERVAL)) {
      throw new OptionInvalidError(
        'refreshInterval is a number of milliseconds from 1000, or Infinity for only when a key is unknown',
      );
    }
    this.#load = load;
    this.#interval = refreshInterval;
  }

  /** Why the last load failed; `undefined` when it succeeded. */
  get lastError(): KeyringInvalidError | undefined {
    return this.#lastError;
  }

  /** Loads the keys for the first time. */
  async loadFirst(): Promise<KeySet> {
    await this.#startLoad();
    if (this.#lastError !== undefined) throw this.#lastError;
    const keys = this.takeFresh();
    if (keys === undefined) throw invalidRing(SOURCE, 'holds no key');
    return keys;
  }

  /** New keys, if there are any. Starts to load them again where the interval has passed. */
  takeFresh(): KeySet | undefined {
    const isDue = this.#startedAt + this.#interval <= performance.now();
    if (isDue && this.#patience() <= 0) void this.#startLoad();
    const fresh = this.#fresh;
    this.#fresh = undefined;
    return fresh;
  }

  /** New keys for a token whose key is unknown. At most one load a second; all callers wait for it. */
  async freshForUnknownKid(): Promise<KeySet | undefined> {
    const isRecent = this.#startedAt + SHORTEST_INTERVAL > performance.now();
    if (this.#loading !== undefined || !isRecent) await this.#refresh();
    return this.takeFresh();
  }

  /** New keys for a token to seal, which waits if those that are known are too old for that. */
  async freshForSealing(): Promise<KeySet | undefined> {
    const isOld = this.#answeredAt + INTERVALS_TO_SEAL * this.#interval <= performance.now();
    if (isOld) await this.#refresh();
    return this.takeFresh();
  }

  /** Waits for a load that is under way, or else loads: until one has answered, and no longer than that may take. */
  async #refresh(): Promise<void> {
    const answered = this.#answered;
    const end = performance.now() + LOAD_TIMEOUT;
    while (this.#answered === answered && performance.now() < end) {
      const patience = this.#patience();
      if (this.#loading === undefined || patience <= 0) return this.#startLoad();
      await pauseUntilEnd(this.#loading, patience);
    }
  }

  /** How long to wait yet for the load that is under way, in milliseconds. */
  #patience(): number {
    if (this.#loading === undefined) return 0;
    return this.#startedAt + PATIENCE - performance.now();
  }

  #startLoad(): Promise<void> {
    this.#startedAt = performance.now();
    const number = ++this.#started;
    const loading = this.#loadAgain(number).finally(() => {
      if (this.#started === number) this.#loading = undefined;
    });
    this.#loading = loading;
    return loading;
  }

  // A secrets manager that is down must not take the app down: the keys loaded before stay.
  async #loadAgain(number: number): Promise<void> {
    const [result] = await Promise.allSettled([this.#loadInTime()]);
    // What a later load answered is newer.
    if (number < this.#answered) return;
    this.#answered = number;
    this.#answeredAt = performance.now();
    try {
      if (result.status === 'rejected') throw result.reason;
      this.#takeOver(result.value);
      this.#lastError = undefined;
    } catch (error) {
      const failure = error instanceof KeyringInvalidError ? error : cannotBeLoaded(error);
      // Before there is a key ring, the caller throws it.
      if (this.#version !== undefined && failure.message !== this.#lastError?.message) {
        warnOfRefresh(failure.message);
      }
      this.#lastError = failure;
    }
  }

  #takeOver(loaded: string | JsonWebKeySet): void {
    const version = versionOf(loaded);
    if (version === this.#version) return;
    const entries =
      typeof loaded === 'string' ? parseKeys(loaded, SOURCE) : readJwks(loaded, SOURCE);
    this.#fresh = keySet(entries, SOURCE);
    this.#version = version;
  }

  async #loadInTime(): Promise<string | JsonWebKeySet> {
    const loading = (async () => this.#load())();
    const loaded = await inTime(loading, LOAD_TIMEOUT, () =>
      invalidRing(SOURCE, `did not answer within ${LOAD_TIMEOUT / 1000} s`),
    );
    if (ArrayBuffer.isView(loaded))
      throw invalidRing(SOURCE, 'answered bytes: decode them to text');
    if (typeof loaded !== 'string' && (typeof loaded !== 'object' || loaded === null)) {
      throw invalidRing(SOURCE, 'must answer the text of the keys, or a JWK Set');
    }
    return loaded;
  }
}

/** A digest of what was loaded: the text itself is not kept. */
function versionOf(loaded: unknown): string {
  const text = typeof loaded === 'string' ? loaded : JSON.stringify(loaded);
  return encodeBase64url(sha256(new TextEncoder().encode(text)));
}

function cannotBeLoaded(error: unknown): KeyringInvalidError {
  const code = codeOf(error);
  const reason = code === undefined ? '' : ` (${code})`;
  return new KeyringInvalidError(`${SOURCE} cannot be loaded${reason}`, {
    cause: safeCause(error),
  });
}
