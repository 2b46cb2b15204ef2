// The key ring: the keys that seal and open tokens, from the environment, a file or a JWK Set.

import { accepted, checkedOptions } from '../checked-options.js';
import { type KeyringInvalidError, OptionInvalidError } from '../errors.js';
import { memberOf } from '../foreign-object.js';
import type { ContentEncryption } from './content-encryption.js';
import { generateKey } from './generate-key.js';
import { setKeysOf } from './key-access.js';
import { KEYS, KEYS_FILE, type KeyringEnvironment, keysInEnvironment } from './key-environment.js';
import { KeyFile } from './key-file.js';
import { type KeySet, keySet } from './key-set.js';
import { type KeyLoader, KeySource } from './key-source.js';
import { parseKeys } from './parse-keys.js';
import { type JsonWebKeySet, readJwks } from './read-jwks.js';
import type { SealingKey } from './sealing-key.js';

/**
 * The keys that seal and open tokens. The first is the primary: it seals. The others only open.
 *
 * Keys cannot be read back out of a key ring; `util.inspect` and `JSON.stringify` show key ids
 * only.
 *
 * @example
 * const keyring = Keyring.fromEnv(); // SESSION_ENCRYPTION_KEYS=2026-11:6h2L…
 * keyring.primary; // '2026-11'
 */
export class Keyring {
  #keys: KeySet;
  readonly #source: KeyFile | KeySource | undefined;

  private constructor(keys: KeySet, source?: KeyFile | KeySource) {
    // JavaScript knows of no private constructor, and would make a key ring without keys.
    if (!(memberOf(keys, 'byKid') instanceof Map)) {
      throw new OptionInvalidError(
        'A Keyring is made by Keyring.fromEnv, fromFile, fromSource, fromJwks, parse or generate.',
      );
    }
    this.#keys = keys;
    this.#source = source;
    setKeysOf(this, {
      current: () => this.#current(),
      forSealing: () =>
        source instanceof KeySource
          ? source.freshForSealing().then((fresh) => this.#take(fresh))
          : this.#current(),
      refreshed: async () => this.#take(await this.#source?.freshForUnknownKid()),
    });
  }

  /**
   * The key ring in `SESSION_ENCRYPTION_KEYS` (see {@link Keyring.parse}), or in the file that
   * `SESSION_ENCRYPTION_KEYS_FILE` names (see {@link Keyring.fromFile}). A variable that is empty
   * counts as not set.
   *
   * @param env The environment; `process.env` by default. On Cloudflare Workers, pass the handler's `env`.
   * @throws {KeyringInvalidError} Neither or both are set, or the keys are refused. The message names
   * position and key id, never a value.
   * @example
   * const keyring = Keyring.fromEnv();
   */
  static fromEnv(env?: KeyringEnvironment): Keyring {
    const found = keysInEnvironment(env);
    if ('text' in found) return new Keyring(keySet(parseKeys(found.text, KEYS), KEYS));
    return Keyring.#openFile(new KeyFile(found.path, `The file that ${KEYS_FILE} names`));
  }

  /**
   * The key ring in a file, such as a Docker or Kubernetes secret: the text that
   * {@link Keyring.parse} takes. The file is read again, by its path, when it has changed and a
   * token names a key that the key ring lacks, and when the key ring is used and the interval has
   * passed. A file that cannot be read then, or holds no key ring, leaves the key ring as it was;
   * `lastRefreshError` says why, and so does a process warning.
   *
   * @param path The path of the file.
   * @param options.refreshInterval Milliseconds, above 0; 60,000 by default; `Infinity` for only when a key is unknown.
   * @throws {KeyringInvalidError} The file cannot be read now, or its keys are refused.
   * @throws {OptionInvalidError} An argument is invalid.
   * @example
   * const keyring = Keyring.fromFile('/run/secrets/session-encryption-keys');
   */
  static fromFile(path: string, options: { refreshInterval?: number | undefined } = {}): Keyring {
    return Keyring.#openFile(
      new KeyFile(path, 'The key file', refreshIntervalOf('Keyring.fromFile', options)),
    );
  }

  static #openFile(file: KeyFile): Keyring {
    return new Keyring(file.read(), file);
  }

  /**
   * The key ring that a function loads, as from a secrets manager. It is loaded again when the key
   * ring is used and the interval has passed, without making anyone wait. A token waits for a load
   * when it names a key that the key ring does not hold, at most once a second; and when it is to be
   * sealed and no load has answered for two intervals: the primary may have been replaced since. A load
   * that fails, holds no key ring or takes longer than 10 seconds leaves the key ring as it was;
   * `lastRefreshError` says why, and so does a process warning.
   *
   * @param load Answers the text that {@link Keyring.parse} takes, or a JWK Set.
   * @param options.refreshInterval Milliseconds, from 1,000; 60,000 by default; `Infinity` for only when
   * a key is unknown.
   * @throws {KeyringInvalidError} The keys cannot be loaded now, or are refused. `cause` says why, without data.
   * @throws {OptionInvalidError} An argument is invalid.
   * @example
   * const keyring = await Keyring.fromSource(() => secrets.get('session-encryption-keys'));
   */
  static async fromSource(
    load: KeyLoader,
    options: { refreshInterval?: number | undefined } = {},
  ): Promise<Keyring> {
    const source = new KeySource(load, refreshIntervalOf('Keyring.fromSource', options));
    return new Keyring(await source.loadFirst(), source);
  }

  /**
   * The key ring in a JWK Set (RFC 7517). Each key has `kty` `oct`, a `kid`, and `alg` `A256GCM`
   * (32 bytes) or `A256CBC-HS512` (64 bytes).
   *
   * @throws {KeyringInvalidError} A key is refused.
   * @example
   * const keyring = Keyring.fromJwks(JSON.parse(await secrets.get('session-keys')));
   */
  static fromJwks(jwks: JsonWebKeySet): Keyring {
    const source = 'The JWK Set';
    if (typeof jwks === 'string') {
      throw new OptionInvalidError(`${source} is a text; Keyring.parse takes it`);
    }
    return new Keyring(keySet(readJwks(jwks, source), source));
  }

  /**
   * The key ring in text: `kid:base64url[,kid:base64url…]` with 32 bytes each for A256GCM, or a JWK
   * Set in JSON. White space around keys is ignored.
   *
   * @throws {KeyringInvalidError} The text holds no key ring.
   * @example
   * const keyring = Keyring.parse(`${newKey},${oldKey}`);
   */
  static parse(text: string): Keyring {
    const source = 'The key ring';
    if (typeof text !== 'string') {
      throw new OptionInvalidError(`${source} is not a string; Keyring.fromJwks takes a JWK Set`);
    }
    return new Keyring(keySet(parseKeys(text, source), source));
  }

  /**
   * A key ring with one new random key, for tests and trials: the key cannot be read back out of
   * it, so what it sealed is lost with the process. For a key to keep:
   * `npx shopify-app-session-storage-encrypted keygen`.
   *
   * @param kid The key id; by default this month in UTC and two random characters, such as `2026-11-k7`.
   * @throws {KeyringInvalidError} The kid is not 1 to 32 of `A-Z a-z 0-9 . _ -`.
   * @example
   * const keyring = Keyring.generate();
   */
  static generate(kid?: string): Keyring {
    return Keyring.parse(generateKey({ kid }).text);
  }

  /** The key id of the primary: the key that seals. */
  get primary(): string {
    return this.#current().primary.kid;
  }

  /** Every key id, the primary first. */
  get kids(): readonly string[] {
    return [...this.#current().byKid.keys()];
  }

  /** Why the keys could not be read from their file or source the last time; `undefined` when they could. */
  get lastRefreshError(): KeyringInvalidError | undefined {
    return this.#source?.lastError;
  }

  /**
   * 12 hex digits that are the same wherever a key ring holds the same key, to compare key rings across
   * machines. One-way: they show nothing of the key.
   *
   * @throws {OptionInvalidError} The key ring holds no key with this id.
   * @example
   * keyring.fingerprint(keyring.primary); // '3f29a61c07de'
   */
  fingerprint(kid: string): string {
    return this.#key(kid).fingerprint;
  }

  /**
   * The algorithm of a key: `A256GCM`, or `A256CBC-HS512`.
   *
   * @throws {OptionInvalidError} The key ring holds no key with this id.
   * @example
   * keyring.algorithm(keyring.primary); // 'A256GCM'
   */
  algorithm(kid: string): ContentEncryption {
    return this.#key(kid).enc;
  }

  /**
   * When a key was made, where its JWK says so (`iat`); `undefined` where nothing says it.
   *
   * @throws {OptionInvalidError} The key ring holds no key with this id.
   * @example
   * keyring.created(keyring.primary)?.toISOString(); // '2026-11-25T12:00:00.000Z'
   */
  created(kid: string): Date | undefined {
    const { createdAt } = this.#key(kid);
    return createdAt === undefined ? undefined : new Date(createdAt);
  }

  /** What `JSON.stringify` shows. */
  toJSON(): { primary: string; kids: readonly string[] } {
    return { primary: this.primary, kids: this.kids };
  }

  /** What `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Keyring { primary: '${this.primary}', kids: [ ${this.kids.map((kid) => `'${kid}'`).join(', ')} ] }`;
  }

  #key(kid: string): SealingKey {
    const key = this.#current().byKid.get(kid);
    if (key === undefined) throw new OptionInvalidError('The key ring holds no key with this id');
    return key;
  }

  #current(): KeySet {
    return this.#take(this.#source?.takeFresh());
  }

  #take(fresh: KeySet | undefined): KeySet {
    if (fresh !== undefined) this.#keys = fresh;
    return this.#keys;
  }
}

/** @throws {OptionInvalidError} There is another option, or it is not a number. */
function refreshIntervalOf(owner: string, options: unknown): number | undefined {
  return checkedOptions<{ refreshInterval: number | undefined }>(owner, options, {
    refreshInterval: accepted(
      (value) => typeof value === 'number',
      'a number of milliseconds above 0, or Infinity',
    ),
  }).refreshInterval;
}
