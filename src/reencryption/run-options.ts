// What every run over a live store can be told, checked: a misspelt option must not silently do nothing.
import { OptionInvalidError } from '../errors.js';

/** Options of every run over a live store. */
export interface RunOptions {
  /** How many sessions are in hand at once, 1 to 1000. Default: 16. */
  readonly concurrency?: number | undefined;
  /** Writes nothing, and reports what would be done. Default: `false`. */
  readonly dryRun?: boolean | undefined;
  /** Ends the run after the sessions in hand; the promise still resolves, with the report so far. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Writes to a store that cannot compare and swap across processes (`catalog.atomic` is false). Stop
   * everything else that writes to the store first. Default: `false`.
   */
  readonly allowNonAtomic?: boolean | undefined;
}

/** What is checked of a catalog, which may come from JavaScript. */
export interface CatalogShape {
  readonly sessions?: unknown;
  readonly replaceSession?: unknown;
  readonly atomic?: boolean | undefined;
}

/** The options of a run, checked and complete. */
export interface RunSettings {
  readonly concurrency: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * @param catalog The catalog that is written to.
 * @throws {OptionInvalidError} An option means nothing, or the store is not atomic and that is not allowed.
 */
export function runSettings(
  catalog: CatalogShape,
  { concurrency = 16, signal, ...flags }: RunOptions,
): RunSettings {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1000) {
    throw new OptionInvalidError('concurrency must be a whole number from 1 to 1000.');
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionInvalidError('signal must be an AbortSignal.');
  }
  const dryRun = flagOf('dryRun', flags.dryRun);
  assertAtomic(catalog, dryRun || flagOf('allowNonAtomic', flags.allowNonAtomic));
  return { concurrency, dryRun, signal };
}

/** @throws {OptionInvalidError} There is an option that is none of `names`. */
export function assertKnownOptions(owner: string, options: object, names: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new OptionInvalidError(
    `${owner} has no option ${JSON.stringify(unknown)}. It has: ${names.join(', ')}.`,
  );
}

/** @throws {OptionInvalidError} The option is given, and is neither true nor false. */
export function flagOf(name: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new OptionInvalidError(`${name} must be true or false.`);
}

/** @throws {OptionInvalidError} The option is given, and is no function. */
export function assertCallback(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new OptionInvalidError(`${name} must be a function.`);
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

function assertAtomic(catalog: CatalogShape, allowed: boolean): void {
  if (catalog.atomic === false && !allowed) {
    throw new OptionInvalidError(
      'This store cannot compare and swap across processes, so a write of another process could be ' +
        'lost. Stop everything else that writes to it, then allow it: allowNonAtomic, --allow-non-atomic.',
    );
  }
}
