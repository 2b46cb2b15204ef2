// The options of reencryptSessions, checked: a misspelt option must not silently do nothing.
import { OptionInvalidError } from '../errors.js';
import { Keyring } from '../key-ring/index.js';
import { type SessionEncryptionMode, sessionEncryptionModes } from '../session-fields/index.js';
import type { ReencryptionReport } from './reencryption-report.js';
import {
  assertCallback,
  assertCatalog,
  assertKnownOptions,
  type CatalogShape,
  flagOf,
  type RunOptions,
  type RunSettings,
  runSettings,
} from './run-options.js';

/** Options of {@link reencryptSessions}. */
export interface ReencryptionOptions extends RunOptions {
  /** The keys. Default: `Keyring.fromEnv()`. */
  readonly keyring?: Keyring | undefined;
  /**
   * `'strict'` (default): what an old key sealed is sealed with the primary key; plaintext tokens are
   * counted and left. `'migrate'`: plaintext is sealed as well. `'rollback'`: everything sealed is
   * stored as plaintext, the way out. The environment does not change the default.
   */
  readonly mode?: SessionEncryptionMode | undefined;
  /** In mode `migrate`, also seal plaintext first names, last names and emails. Default: `false`. */
  readonly userInfo?: boolean | undefined;
  /**
   * Called after each session with the report so far, which is alive: copy what is to be kept. It
   * is not waited for; one that throws harms nothing.
   */
  readonly onProgress?: ((report: ReencryptionReport) => void) | undefined;
}

/** The options, checked and complete. */
export interface ReencryptionSettings extends RunSettings {
  readonly keyring: Keyring;
  readonly mode: SessionEncryptionMode;
  readonly userInfo: boolean;
  readonly onProgress: ((report: ReencryptionReport) => void) | undefined;
}

const names = [
  ...['keyring', 'mode', 'userInfo', 'concurrency', 'dryRun', 'signal', 'onProgress'],
  'allowNonAtomic',
];

/** @throws {OptionInvalidError} An option does not exist or means nothing, or `catalog` is no catalog. */
export function reencryptionSettings(
  catalog: CatalogShape,
  options: ReencryptionOptions,
): ReencryptionSettings {
  assertCatalog(catalog);
  assertKnownOptions('reencryptSessions', options, names);
  const { keyring, mode = 'strict', onProgress } = options;
  if (keyring !== undefined && !(keyring instanceof Keyring)) {
    throw new OptionInvalidError('keyring must be a Keyring, such as Keyring.fromEnv() makes.');
  }
  if (!sessionEncryptionModes.includes(mode)) {
    throw new OptionInvalidError(`mode must be one of ${sessionEncryptionModes.join(', ')}.`);
  }
  assertCallback('onProgress', onProgress);
  return {
    ...runSettings(catalog, options),
    userInfo: flagOf('userInfo', options.userInfo),
    keyring: keyring ?? Keyring.fromEnv(),
    mode,
    onProgress,
  };
}
