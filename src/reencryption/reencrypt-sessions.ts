// Re-encryption: brings every session of a store to the primary key, while apps use the store.

import { RunIncompleteError } from '../errors.js';
import { safeCause } from '../safe-cause.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import { nextStepAfter } from './next-step.js';
import { Reencryption } from './reencryption.js';
import { type ReencryptionOptions, reencryptionSettings } from './reencryption-options.js';
import type { ReencryptionReport } from './reencryption-report.js';

/**
 * Seals every session of a store with the primary key. Runs while apps use the store,
 * and beside other runs; running it again continues, as what is current is skipped. Needs memory
 * for a few batches and what the catalog reads ahead.
 *
 * @param catalog The store: a `KeyvSessionStorage`, or the catalog of an official session storage.
 * @param options See {@link ReencryptionOptions}.
 * @returns An account of what is stored now. A run that the signal ends resolves too, with `aborted`.
 * @throws {RunIncompleteError} The store failed: its error is the `cause`, `report` says what was done.
 * @throws {OptionInvalidError} An option is invalid, or the store is not atomic and that is not allowed.
 * @throws {KeyringInvalidError} No `keyring` is given, and the environment holds no usable one.
 *
 * @example
 * const catalog = openSessionStorage('redis://localhost');
 * const report = await reencryptSessions(catalog, { keyring: Keyring.fromEnv() });
 * console.log(`${report.reencrypted} of ${report.scanned} sessions re-encrypted`);
 * for (const { kid, state } of report.keys) console.log(kid, state);
 */
export async function reencryptSessions<S extends SessionLike>(
  catalog: SessionCatalog<S>,
  options: ReencryptionOptions = {},
): Promise<ReencryptionReport> {
  const run = new Reencryption(catalog, reencryptionSettings(catalog, options));
  try {
    await run.run();
  } catch (cause) {
    run.report.aborted = true;
    const report = run.report.toReport();
    const what = report.dryRun ? 'The look at the sessions' : 'Re-encryption';
    throw new RunIncompleteError(
      `${what} stopped after ${report.scanned} sessions: ${nextStepAfter(cause)}`,
      report,
      safeCause(cause),
    );
  }
  return run.report.toReport();
}
