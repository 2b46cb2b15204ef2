// A file that holds the keys (a Docker or Kubernetes secret), read again when it may have changed.
//
// Reads are synchronous on purpose: the file is small and local, sealing and opening stay free of a
// wait, and callers that run at once share one read without any bookkeeping. Messages do not name
// the path: a key that was put where the path belongs would end up in a log.

import { KeyringInvalidError, OptionInvalidError } from '../errors.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { codeOf } from '../safe-cause.js';
import { warn } from '../warning.js';
import { invalidRing } from './key-entry.js';
import { looksLikeKeys } from './key-mistakes.js';
import { type KeySet, keySet } from './key-set.js';
import { parseKeys } from './parse-keys.js';

/** Milliseconds after which a file is read again when a key is needed. */
export const DEFAULT_REFRESH_INTERVAL = 60_000;

const MAX_BYTES = 1 << 20;

const fs = nodeBuiltin('node:fs');

export class KeyFile {
  readonly #path: string;
  readonly #source: string;
  readonly #interval: number;
  #lastRead = 0;
  #versionRead: string | undefined;
  /** Whether the file was last written well before it was read, so that another write shows. */
  #versionIsSure = false;
  #mayReadAgain = true;
  #lastError: KeyringInvalidError | undefined;

  constructor(path: string, source: string, refreshInterval = DEFAULT_REFRESH_INTERVAL) {
    if (typeof path !== 'string' || path === '') {
      throw new OptionInvalidError(`${source}: the path must be text that is not empty`);
    }
    if (looksLikeKeys(path)) {
      throw new OptionInvalidError(
        `${source}: those are keys, not a path; Keyring.parse takes them`,
      );
    }
    if (!(refreshInterval > 0)) {
      throw new OptionInvalidError(
        'refreshInterval is a number of milliseconds above 0, or Infinity for only when a key is unknown',
      );
    }
    this.#path = path;
    this.#source = source;
    this.#interval = refreshInterval;
  }

  /** Why the last read failed; `undefined` when it succeeded. */
  get lastError(): KeyringInvalidError | undefined {
    return this.#lastError;
  }

  /** Reads the file. Throws when there is no key ring in it. */
  read(): KeySet {
    this.#lastRead = performance.now();
    this.#lookAtVersion();
    return keySet(parseKeys(this.#readText(), this.#source), this.#source);
  }

  /** The file's keys when the interval has passed, it has changed and it can be read, else `undefined`. */
  takeFresh(): KeySet | undefined {
    if (performance.now() - this.#lastRead < this.#interval) return undefined;
    const isUnchanged = this.#versionIsSure && this.#version()?.text === this.#versionRead;
    if (!isUnchanged) return this.#tryRead();
    this.#lastRead = performance.now();
    return undefined;
  }

  /**
   * The file's keys for a token whose key is unknown, if the file has changed since it was read, else
   * `undefined`. A forged kid therefore costs a look at the file's times, not a read.
   */
  freshForUnknownKid(): KeySet | undefined {
    return this.#version()?.text === this.#versionRead ? undefined : this.#tryRead();
  }

  // A file that is gone or half written must not take the app down: the keys read before stay.
  #tryRead(): KeySet | undefined {
    if (!this.#mayReadAgain) return undefined;
    try {
      const keys = this.read();
      this.#lastError = undefined;
      return keys;
    } catch (error) {
      if (!(error instanceof KeyringInvalidError)) throw error;
      if (error.message !== this.#lastError?.message) warnOfRefresh(error.message);
      this.#lastError = error;
      return undefined;
    }
  }

  #lookAtVersion(): void {
    const version = this.#version();
    this.#versionRead = version?.text;
    // Times have steps: two writes within one step look alike.
    this.#versionIsSure = version !== undefined && Date.now() - version.writtenAt > 2_000;
  }

  /** What changes when the file is written or replaced; `undefined` when it cannot be told. */
  #version(): { readonly text: string; readonly writtenAt: number } | undefined {
    try {
      const stats = fs?.statSync(this.#path, { bigint: true });
      if (stats === undefined) return undefined;
      const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs } = stats;
      const writtenAt = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
      return { text: [dev, ino, size, mtimeNs, ctimeNs].join(), writtenAt };
    } catch {
      return undefined;
    }
  }

  #readText(): string {
    if (fs === undefined)
      throw invalidRing(this.#source, 'cannot be read: this runtime has no files');
    let bytes: Buffer;
    try {
      const stats = fs.statSync(this.#path);
      if (stats.isDirectory()) throw invalidRing(this.#source, 'is a directory, not a file');
      if (stats.size > MAX_BYTES) throw invalidRing(this.#source, 'is too large to be a key file');
      // A pipe, such as a shell's <(…), gives its content once and would block for ever after.
      this.#mayReadAgain = stats.isFile();
      bytes = fs.readFileSync(this.#path);
    } catch (error) {
      if (error instanceof KeyringInvalidError) throw error;
      // It may be read the next time, without having changed.
      this.#versionRead = undefined;
      this.#versionIsSure = false;
      const code = codeOf(error) ?? 'unknown error';
      const remedy =
        code === 'ENOENT'
          ? ': there is no such file. A relative path starts from where the process runs'
          : '';
      throw invalidRing(this.#source, `cannot be read (${code})${remedy}`);
    }
    try {
      // No key has a zero byte, and Windows PowerShell's `>` writes every second one as such.
      if (bytes.includes(0)) throw invalidRing(this.#source, 'is not in UTF-8; save it as UTF-8');
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      if (error instanceof KeyringInvalidError) throw error;
      throw invalidRing(this.#source, 'is not text');
    } finally {
      bytes.fill(0);
    }
  }
}

/** Tells operators that a key ring stays as it was. */
export function warnOfRefresh(problem: string): void {
  warn(`${problem}. The keys read before stay in use.`, 'KEYRING_NOT_REFRESHED', 'KeyringWarning');
}
