// The options of EncryptedSessionStorage. A setting that means nothing is an error: one that is
// silently ignored would leave tokens unprotected.
import { OptionInvalidError } from '../errors.js';
import { Keyring } from '../key-ring/index.js';
import {
  type SealingSettings,
  type SessionEncryptionMode,
  sessionEncryptionModes,
} from '../session-fields/index.js';
import { observerCallbacks, type SessionEncryptionObserver } from './observer.js';

const unreadablePolicies = ['throw', 'forget'] as const;

/** What `loadSession` does with a session that cannot be opened. */
export type UnreadablePolicy = (typeof unreadablePolicies)[number];

/** Options of {@link EncryptedSessionStorage}. */
export interface EncryptedSessionStorageOptions {
  /** The keys. Default: `Keyring.fromEnv()`. */
  readonly keyring?: Keyring | undefined;
  /**
   * What to do with plaintext tokens: see {@link SessionEncryptionMode}. Default: the environment
   * variable `SESSION_ENCRYPTION_MODE`, else `'strict'`.
   */
  readonly mode?: SessionEncryptionMode | undefined;
  /** Also seal the staff member's `first_name`, `last_name` and `email`. Default: `false`. */
  readonly userInfo?: boolean | undefined;
  /**
   * What `loadSession` does with a session that cannot be opened: unknown key, damaged, or moved
   * from elsewhere. `'throw'` (default) rejects. `'forget'` answers `undefined`, so that token
   * exchange or OAuth obtains a new token: the way to recover when a key is lost. Plaintext in mode
   * `strict` always rejects: it is not lost, and forgetting it would hide that `mode` is wrong.
   */
  readonly unreadable?: UnreadablePolicy | undefined;
  /** Callbacks for metrics and logs. */
  readonly observer?: SessionEncryptionObserver | undefined;
}

/** The options, checked and complete. */
export interface Settings extends SealingSettings {
  readonly unreadable: UnreadablePolicy;
  readonly observer: SessionEncryptionObserver | undefined;
}

const optionNames = ['keyring', 'mode', 'userInfo', 'unreadable', 'observer'];

/** @throws {OptionInvalidError} An option or SESSION_ENCRYPTION_MODE has a value that means nothing. */
export function settingsFrom(options: EncryptedSessionStorageOptions = {}): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new OptionInvalidError(
      `The options of EncryptedSessionStorage must be an object, but are ${typeName(options)}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) {
    throw new OptionInvalidError(
      `EncryptedSessionStorage has no option ${JSON.stringify(unknown)}. It has: ${optionNames.join(', ')}.`,
    );
  }
  const { keyring, userInfo = false, unreadable = 'throw', observer } = options;
  const mode = modeFrom(options.mode);
  if (typeof userInfo !== 'boolean') throw wrongValue('userInfo', 'true or false', userInfo);
  if (!unreadablePolicies.includes(unreadable)) {
    throw wrongValue('unreadable', quotedList(unreadablePolicies), unreadable);
  }
  if (observer !== undefined) checkObserver(observer);
  if (keyring !== undefined && !(keyring instanceof Keyring)) {
    throw wrongValue('keyring', 'a Keyring, such as Keyring.fromEnv() makes', keyring);
  }
  return { keyring: keyring ?? Keyring.fromEnv(), mode, userInfo, unreadable, observer };
}

function modeFrom(option: unknown): SessionEncryptionMode {
  if (option !== undefined) return checkedMode('mode', option);
  // An empty variable is one that is not set: Docker Compose and CI systems pass those on.
  const { SESSION_ENCRYPTION_MODE } = globalThis.process?.env ?? {};
  const variable = SESSION_ENCRYPTION_MODE?.trim();
  return variable ? checkedMode('SESSION_ENCRYPTION_MODE', variable) : 'strict';
}

function checkedMode(name: string, value: unknown): SessionEncryptionMode {
  const mode = sessionEncryptionModes.find((known) => known === value);
  if (mode === undefined) throw wrongValue(name, quotedList(sessionEncryptionModes), value);
  return mode;
}

function checkObserver(observer: SessionEncryptionObserver): void {
  const names = observerCallbacks.join(', ');
  if (typeof observer !== 'object' || observer === null) {
    throw wrongValue('observer', `an object with callbacks (${names})`, observer);
  }
  for (const name of observerCallbacks) {
    const callback: unknown = observer[name];
    if (callback !== undefined && typeof callback !== 'function') {
      throw wrongValue(`observer.${name}`, 'a function', callback);
    }
  }
  const hasCallback = observerCallbacks.some((name) => observer[name] !== undefined);
  if (!hasCallback && Object.keys(observer).length > 0) {
    throw new OptionInvalidError(
      `Option observer has none of the callbacks that are called: ${names}.`,
    );
  }
}

/** Text that was given is repeated only where it is one of our own words gone wrong, never a key. */
function wrongValue(name: string, expected: string, value: unknown): OptionInvalidError {
  const isShortWord = typeof value === 'string' && /^[\w -]{0,16}$/.test(value);
  const given = isShortWord ? JSON.stringify(value) : typeName(value);
  return new OptionInvalidError(`${name} must be ${expected}, but is ${given}.`);
}

function quotedList(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(' or ');
}

/** The kind of a value for an error message, and nothing of its content. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== '' ? `an object of class ${name}` : 'an object';
}
