// The key ring: the keys that seal and open tokens, from the environment, a file or a JWK Set.

import { type KeyringInvalidError, OptionInvalidError } from '../errors.js';
import { programCall } from '../program-name.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { generateKey } from './generate-key.js';
import { setKeysOf } from './key-access.js';
import { invalidRing } from './key-entry.js';
import { KeyFile } from './key-file.js';
import { type KeySet, keySet } from './key-set.js';
import { parseKeys } from './parse-keys.js';
import { type JsonWebKeySet, readJwks } from './read-jwks.js';
import type { SealingKey } from './sealing-key.js';

const KEYS = 'SESSION_ENCRYPTION_KEYS';
const KEYS_FILE = 'SESSION_ENCRYPTION_KEYS_FILE';

/** The variables that `Keyring.fromEnv` reads. `process.env` is one, and a Cloudflare Worker's `env`. */
export interface KeyringEnvironment {
  readonly SESSION_ENCRYPTION_KEYS?: string | undefined;
  readonly SESSION_ENCRYPTION_KEYS_FILE?: string | undefined;
}

/**
 * The keys that seal and open tokens. The first is the primary: it seals. The others only open.
 *
 * Keys cannot be read back out of a ring; `util.inspect` and `JSON.stringify` show key ids only.
 *
 * @example
 * const keyring = Keyring.fromEnv(); // SESSION_ENCRYPTION_KEYS=2026-11:6h2L…
 * keyring.primary; // '2026-11'
 */
export class Keyring {
  #keys: KeySet;
  readonly #file: KeyFile | undefined;

  private constructor(keys: KeySet, file?: KeyFile) {
    this.#keys = keys;
    this.#file = file;
    setKeysOf(this, { current: () => this.#current(), find: (kid) => this.#find(kid) });
  }

  /**
   * The ring in `SESSION_ENCRYPTION_KEYS` (see {@link Keyring.parse}), or in the file that
   * `SESSION_ENCRYPTION_KEYS_FILE` names (see {@link Keyring.fromFile}). A variable that is empty
   * counts as not set.
   *
   * @param env The environment; `process.env` by default. On Cloudflare Workers, pass the handler's `env`.
   * @throws {KeyringInvalidError} Neither or both are set, or the keys are refused. The message names
   * position and key id, never a value.
   * @example
   * const keyring = Keyring.fromEnv();
   */
  static fromEnv(env: KeyringEnvironment = processEnvironment()): Keyring {
    const keys = read(env, KEYS);
    const path = read(env, KEYS_FILE);
    if (keys !== '' && path !== '') {
      throw invalidRing(KEYS, `${KEYS_FILE} is set too; unset one of them`);
    }
    if (keys !== '') return new Keyring(keySet(parseKeys(keys, KEYS), KEYS));
    if (path === '') throw invalidRing(KEYS, whyNotSet(env));
    if (/^([\w.-]{1,32}:[\w-]{42}|\{)/.test(path)) {
      throw invalidRing(KEYS_FILE, `holds keys, not a path; put them in ${KEYS}`);
    }
    return Keyring.#openFile(new KeyFile(path, `The file that ${KEYS_FILE} names`));
  }

  /**
   * The ring in a file, such as a Docker or Kubernetes secret: the text that {@link Keyring.parse}
   * takes. The file is read again, by its path, when it has changed and a token names a key that the
   * ring does not hold, and when the ring is used and the interval has passed. A file that cannot be
   * read then, or holds no ring, leaves the ring as it was; `lastRefreshError` says why, and so does
   * a process warning.
   *
   * @param path The path of the file.
   * @param options.refreshInterval Milliseconds, above 0; 60,000 by default; `Infinity` for only when a key is unknown.
   * @throws {KeyringInvalidError} The file cannot be read now, or its keys are refused.
   * @throws {OptionInvalidError} An argument has a value that means nothing.
   * @example
   * const keyring = Keyring.fromFile('/run/secrets/session-encryption-keys');
   */
  static fromFile(path: string, options: { refreshInterval?: number | undefined } = {}): Keyring {
    return Keyring.#openFile(new KeyFile(path, 'The key file', options.refreshInterval));
  }

  static #openFile(file: KeyFile): Keyring {
    return new Keyring(file.read(), file);
  }

  /**
   * The ring in a JWK Set (RFC 7517). Each key has `kty` `oct`, a `kid`, and `alg` `A256GCM`
   * (32 bytes) or `A256CBC-HS512` (64 bytes).
   *
   * @throws {KeyringInvalidError} A key is refused.
   * @example
   * const keyring = Keyring.fromJwks(JSON.parse(await secrets.get('session-keys')));
   */
  static fromJwks(jwks: JsonWebKeySet): Keyring {
    const source = 'The JWK Set';
    return new Keyring(keySet(readJwks(jwks, source), source));
  }

  /**
   * The ring in text: `kid:base64url[,kid:base64url…]` with 32 bytes each for A256GCM, or a JWK Set
   * in JSON. White space around keys is ignored.
   *
   * @throws {KeyringInvalidError} The text holds no ring.
   * @example
   * const keyring = Keyring.parse(`${newKey},${oldKey}`);
   */
  static parse(text: string): Keyring {
    const source = 'The key ring';
    if (typeof text !== 'string') throw new OptionInvalidError(`${source} is not a string`);
    return new Keyring(keySet(parseKeys(text, source), source));
  }

  /**
   * A ring with one new random key, for tests and trials: the key cannot be read back out of it, so
   * what it sealed is lost with the process. For a key to keep:
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

  /** Why the key file could not be read the last time; `undefined` when it could, or there is none. */
  get lastRefreshError(): KeyringInvalidError | undefined {
    return this.#file?.lastError;
  }

  /**
   * 12 hex digits that are the same wherever a ring holds the same key, to compare rings across
   * machines. One-way: they tell nothing of the key.
   *
   * @throws {OptionInvalidError} The ring holds no key with this id.
   * @example
   * keyring.fingerprint(keyring.primary); // '3f29a61c07de'
   */
  fingerprint(kid: string): string {
    const key = this.#current().byKid.get(kid);
    if (key === undefined) throw new OptionInvalidError('The key ring holds no key with this id');
    return key.fingerprint;
  }

  /** What `JSON.stringify` shows. */
  toJSON(): { primary: string; kids: readonly string[] } {
    return { primary: this.primary, kids: this.kids };
  }

  /** What `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Keyring { primary: '${this.primary}', kids: [ ${this.kids.map((kid) => `'${kid}'`).join(', ')} ] }`;
  }

  #current(): KeySet {
    const fresh = this.#file?.readIfDue();
    if (fresh !== undefined) this.#keys = fresh;
    return this.#keys;
  }

  #find(kid: string): SealingKey | undefined {
    const key = this.#current().byKid.get(kid);
    if (key !== undefined) return key;
    const fresh = this.#file?.readForUnknownKid();
    if (fresh !== undefined) this.#keys = fresh;
    return fresh?.byKid.get(kid);
  }
}

/** Neither variable is set: the reason, where it can be seen, and what to do. */
function whyNotSet(env: KeyringEnvironment): string {
  const singular = [KEYS, KEYS_FILE].find((name) => Reflect.get(env, name.replace('KEYS', 'KEY')));
  if (singular !== undefined) {
    return `is not set, but ${singular.replace('KEYS', 'KEY')} is: rename it to ${singular}`;
  }
  if (env === processEnvironment() && isSetInEnvFile()) {
    return 'is set in the file .env, which nothing has read: start Node with --env-file=.env, or load it with dotenv before the app';
  }
  return `is not set, nor is ${KEYS_FILE}; make a key with: ${programCall} keygen`;
}

/** Whether the .env file of the working directory sets a variable for keys. */
function isSetInEnvFile(): boolean {
  try {
    const text = nodeBuiltin('node:fs')?.readFileSync('.env', 'utf8') ?? '';
    return /^\s*(?:export\s+)?SESSION_ENCRYPTION_KEYS(?:_FILE)?\s*=\s*\S/m.test(text);
  } catch {
    return false;
  }
}

function processEnvironment(): KeyringEnvironment {
  const { process } = globalThis as { process?: { env?: KeyringEnvironment } };
  return process?.env ?? {};
}

function read(env: KeyringEnvironment, name: keyof KeyringEnvironment): string {
  const value: unknown = env[name] ?? '';
  if (typeof value !== 'string') throw invalidRing(name, 'is not a string');
  return value.trim();
}
