// The options of EncryptedSessionStorage.
import { callback, checkedOptions, flag, type OptionChecks, oneOf } from '../checked-options.js';
import { Keyring } from '../key-ring/index.js';
import { keyringOption } from '../key-ring/internal.js';
import { observerFrom } from '../observer-option.js';
import {
  type OpenLegacy,
  type SessionEncryptionMode,
  sessionEncryptionModes,
} from '../session-fields/index.js';
import type { SessionEncryptionObserver } from './observer.js';

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
  /**
   * Opens a value that another encryption wrote, in modes `migrate` and `rollback`: the way from a
   * table that the app has encrypted in another way. See {@link OpenLegacy}.
   */
  readonly openLegacy?: OpenLegacy | undefined;
}

/** The options, checked and complete. */
export type Settings = ReturnType<typeof settingsFrom>;

/**
 * @throws {OptionInvalidError} An option or SESSION_ENCRYPTION_MODE is invalid.
 * @throws {KeyringInvalidError} No `keyring` is given, and the environment holds none that can be used.
 */
export function settingsFrom(options?: EncryptedSessionStorageOptions) {
  const { keyring, ...settings } = checkedOptions('EncryptedSessionStorage', options, {
    keyring: keyringOption,
    mode: (value) => (value === undefined ? modeFromEnvironment() : modeFrom(value, 'mode')),
    userInfo: flag,
    unreadable: oneOf(unreadablePolicies, 'throw'),
    observer: observerFrom,
    openLegacy: callback<OpenLegacy>(),
  } satisfies OptionChecks<EncryptedSessionStorageOptions>);
  return { ...settings, keyring: keyring ?? Keyring.fromEnv() };
}

export const modeFrom = oneOf(sessionEncryptionModes, 'strict');

/** @throws {OptionInvalidError} SESSION_ENCRYPTION_MODE is not one of the three. */
export function modeFromEnvironment(): SessionEncryptionMode {
  const { SESSION_ENCRYPTION_MODE } = globalThis.process?.env ?? {};
  // An empty variable is one that is not set: Docker Compose and CI systems pass those on.
  const variable = SESSION_ENCRYPTION_MODE?.trim();
  return modeFrom(variable === '' ? undefined : variable, 'SESSION_ENCRYPTION_MODE');
}
