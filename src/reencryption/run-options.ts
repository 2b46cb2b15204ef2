// The options that every run over a live store has, and what it asks of a catalog.
import type { AbortSignalLike } from '../abort-signal-like.js';
import { accepted, flag, type OptionChecks, wholeNumber } from '../checked-options.js';
import { OptionInvalidError } from '../errors.js';
import { hasMethods, memberOf } from '../foreign-object.js';

/** Options of every run over a live store. */
export interface RunOptions {
  /**
   * Writes nothing, and reports what would be done. What only the database itself refuses, such as by a
   * constraint or a trigger, counts as done: that shows when it is written. Default: `false`.
   */
  readonly dryRun?: boolean | undefined;
  /** Sessions that are read and written together, 1 to 10,000. Default: 250. */
  readonly batchSize?: number | undefined;
  /** Ends the run after the sessions in progress; the promise still resolves, with the report so far. */
  readonly signal?: AbortSignalLike | undefined;
  /**
   * Writes to a store that cannot compare and swap across processes (`catalog.atomic` is false). Stop
   * everything else that writes to the store first. Default: `false`.
   */
  readonly allowNonAtomic?: boolean | undefined;
}

export const runChecks = {
  dryRun: flag,
  batchSize: wholeNumber(250, { from: 1, to: 10_000 }),
  signal: accepted<AbortSignal>(
    (value): value is AbortSignal => value instanceof AbortSignal,
    'an AbortSignal',
  ),
  allowNonAtomic: flag,
} satisfies OptionChecks<RunOptions>;

/** @throws {OptionInvalidError} `catalog` lacks a method that every catalog has. */
export function assertCatalog(catalog: unknown): void {
  const missing = ['sessions', 'replaceSession'].find((method) => !hasMethods(catalog, method));
  if (missing === undefined) return;
  const isStorage = hasMethods(catalog, 'storeSession', 'loadSession');
  const mend = !isStorage
    ? 'Pass a KeyvSessionStorage, or the catalog of the official storage.'
    : memberOf(catalog, 'inner') !== undefined
      ? 'Pass the storage that keeps the sessions, or its catalog, not the EncryptedSessionStorage around it.'
      : 'This is a session storage: pass its catalog, such as prismaCatalog(prisma) of shopify-app-session-storage-encrypted/prisma.';
  throw new OptionInvalidError(
    `A session catalog has the methods sessions and replaceSession, but this has no ${missing}. ${mend}`,
  );
}

/**
 * @param catalog The catalog that is written to.
 * @throws {OptionInvalidError} The store is not atomic, and that is not allowed.
 */
export function assertAtomic(
  catalog: { readonly atomic?: boolean },
  { dryRun, allowNonAtomic }: { readonly dryRun: boolean; readonly allowNonAtomic: boolean },
): void {
  if (catalog.atomic !== false || dryRun || allowNonAtomic) return;
  throw new OptionInvalidError(
    'This store cannot compare and swap across processes, so a write of another process could be ' +
      'lost. Stop everything else that writes to it, then allow it: allowNonAtomic, --allow-non-atomic.',
  );
}
