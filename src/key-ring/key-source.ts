// Keys that a function of the app loads, as from a secrets manager, and loads again while they are used.

import { KeyringInvalidError, OptionInvalidError } from '../errors.js';
import { pause } from '../pause.js';
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
 * while the key ring is used, once the last call has answered, or has not for 10 seconds.
 */
export type KeyLoader = () => Promise<string | JsonWebKeySet> | string | JsonWebKeySet;

const SOURCE = 'The key source';
/** Milliseconds after which a load counts as failed. */
const LOAD_TIMEOUT = 10_000;
/** Milliseconds between two loads at least. */
const SHORTEST_INTERVAL = 1_000;

export class KeySource {
  readonly #load: KeyLoader;
  readonly #interval: number;
  #startedAt = Number.NEGATIVE_INFINITY;
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
    await this.#refresh();
    if (this.#lastError !== undefined) throw this.#lastError;
    const keys = this.takeFresh();
    if (keys === undefined) throw invalidRing(SOURCE, 'holds no key');
    return keys;
  }

  /** New keys, if there are any. Starts to load them again where the interval has passed. */
  takeFresh(): KeySet | undefined {
    if (this.#startedAt + this.#interval <= performance.now()) void this.#refresh();
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

  #refresh(): Promise<void> {
    this.#loading ??= this.#loadAgain().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  // A secrets manager that is down must not take the app down: the keys loaded before stay.
  async #loadAgain(): Promise<void> {
    this.#startedAt = performance.now();
    try {
      const loaded = await this.#loadInTime();
      const version = versionOf(loaded);
      if (version !== this.#version) {
        this.#fresh = keySet(
          typeof loaded === 'string' ? parseKeys(loaded, SOURCE) : readJwks(loaded, SOURCE),
          SOURCE,
        );
        this.#version = version;
      }
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

  async #loadInTime(): Promise<unknown> {
    const end = new AbortController();
    const late = pause(LOAD_TIMEOUT, end.signal).then(() => {
      if (!end.signal.aborted) {
        throw invalidRing(SOURCE, `did not answer within ${LOAD_TIMEOUT / 1000} s`);
      }
    });
    try {
      const loaded = await Promise.race([(async () => this.#load())(), late]);
      if (ArrayBuffer.isView(loaded))
        throw invalidRing(SOURCE, 'answered bytes: decode them to text');
      if (typeof loaded !== 'string' && (typeof loaded !== 'object' || loaded === null)) {
        throw invalidRing(SOURCE, 'must answer the text of the keys, or a JWK Set');
      }
      return loaded;
    } finally {
      end.abort();
    }
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
