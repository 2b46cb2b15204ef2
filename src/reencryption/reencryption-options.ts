// The options of reencryptSessions, checked: a misspelt option must not silently do nothing.
import { OptionInvalidError } from '../errors.js';
import { Keyring } from '../key-ring/index.js';
import { type SessionEncryptionMode, sessionEncryptionModes } from '../session-fields/index.js';
import type { ReencryptionReport } from './reencryption-report.js';

/** Options of {@link reencryptSessions}. */
export interface ReencryptionOptions {
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
  /** How many sessions are in hand at once, 1 to 1000. Default: 16. */
  readonly concurrency?: number | undefined;
  /** Writes nothing, and reports what would be done. Default: `false`. */
  readonly dryRun?: boolean | undefined;
  /** Ends the run after the sessions in hand; the promise still resolves, with the report so far. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called after each session with the report so far, which is alive: copy what is to be kept. It
   * is not waited for; one that throws harms nothing.
   */
  readonly onProgress?: ((report: ReencryptionReport) => void) | undefined;
  /**
   * Runs on a store that cannot compare and swap across processes (`catalog.atomic` is false). Stop
   * everything else that writes to the store first. Default: `false`.
   */
  readonly allowNonAtomic?: boolean | undefined;
}

/** What is checked of a catalog, which may come from JavaScript. */
interface CatalogShape {
  readonly sessions?: unknown;
  readonly replaceSession?: unknown;
  readonly atomic?: boolean | undefined;
}

/** The options, checked and complete. */
export interface ReencryptionSettings {
  readonly keyring: Keyring;
  readonly mode: SessionEncryptionMode;
  readonly userInfo: boolean;
  readonly concurrency: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
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
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionInvalidError(
      `reencryptSessions has no option ${JSON.stringify(unknown)}. It has: ${names.join(', ')}.`,
    );
  }
  const { keyring, mode = 'strict', signal, onProgress, concurrency = 16 } = options;
  if (keyring !== undefined && !(keyring instanceof Keyring)) {
    throw new OptionInvalidError('keyring must be a Keyring, such as Keyring.fromEnv() makes.');
  }
  if (!sessionEncryptionModes.includes(mode)) {
    throw new OptionInvalidError(`mode must be one of ${sessionEncryptionModes.join(', ')}.`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionInvalidError('signal must be an AbortSignal.');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new OptionInvalidError('onProgress must be a function.');
  }
  assertConcurrency(concurrency);
  const dryRun = flag('dryRun', options.dryRun);
  assertAtomic(catalog, dryRun || flag('allowNonAtomic', options.allowNonAtomic));
  return {
    keyring: keyring ?? Keyring.fromEnv(),
    mode,
    userInfo: flag('userInfo', options.userInfo),
    concurrency,
    dryRun,
    signal,
    onProgress,
  };
}

/** @throws {OptionInvalidError} `catalog` lacks a method that every catalog has. */
export function assertCatalog(catalog: CatalogShape): void {
  for (const method of ['sessions', 'replaceSession'] as const) {
    if (typeof catalog?.[method] !== 'function') {
      throw new OptionInvalidError(
        `A session catalog has the methods sessions and replaceSession, but this has no ${method}. ` +
          'Pass the storage that keeps the sessions, not an EncryptedSessionStorage around it.',
      );
    }
  }
}

/** @throws {OptionInvalidError} The store cannot compare and swap across processes, and must. */
export function assertAtomic(catalog: CatalogShape, allowed: boolean): void {
  if (catalog.atomic === false && !allowed) {
    throw new OptionInvalidError(
      'This store cannot compare and swap across processes, so a write of another process could be ' +
        'lost. Stop everything else that writes to it, then allow it: allowNonAtomic, --allow-non-atomic.',
    );
  }
}

/** @throws {OptionInvalidError} It is not a whole number from 1 to 1000. */
export function assertConcurrency(concurrency: number): void {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1000) {
    throw new OptionInvalidError('concurrency must be a whole number from 1 to 1000.');
  }
}

function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new OptionInvalidError(`${name} must be true or false.`);
}
