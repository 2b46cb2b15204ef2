// Copies every session of one store to another as it is stored: sealed tokens stay sealed, no key
// is needed. A session that the destination has already is only replaced by compare-and-swap.

import { RunIncompleteError } from '../errors.js';
import { assertCatalog, nextStepAfter } from '../reencryption/internal.js';
import { safeCause } from '../safe-cause.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import { Copy } from './copy.js';
import { assertDestination, type CopyOptions, copySettings } from './copy-options.js';
import type { CopyReport } from './copy-report.js';
import { verifyCopy } from './verify-copy.js';

/**
 * Copies sessions from one store to another as they are stored: sealed tokens stay sealed, and no
 * key is needed. What the destination has already is skipped, so that running it again continues.
 * At the end both stores are gone through once more, counted and compared.
 *
 * @param source The store that is read.
 * @param destination The store that is written to; its catalog must have `loadSession`.
 * @param options See {@link CopyOptions}.
 * @returns What was done. A run that the signal ends resolves too, with `aborted`.
 * @throws {RunIncompleteError} A store failed: its error is the `cause`, `report` says what was done.
 * @throws {OptionInvalidError} A catalog cannot be copied from or to, an option is invalid, or the
 * destination is not atomic and that is not allowed.
 *
 * @example
 * const source = openSessionStorage('redis://localhost');
 * const destination = openSessionStorage('postgres://localhost/app');
 * const { copied, verification } = await copySessions(source, destination);
 * console.log(`${copied} copied, ${verification?.missing} missing`);
 */
export async function copySessions(
  source: SessionCatalog<SessionLike>,
  destination: SessionCatalog<SessionLike>,
  options: CopyOptions = {},
): Promise<CopyReport> {
  assertCatalog(source);
  assertDestination(destination);
  const settings = copySettings(destination, options);
  const copy = new Copy(destination, settings);
  try {
    const complete = await copy.run(source);
    if (!complete || settings.signal?.aborted) return copy.toReport(true);
    if (settings.dryRun) return copy.toReport(false);
    const verification = await verifyCopy(source, destination, settings);
    return verification === undefined
      ? copy.toReport(true)
      : { ...copy.toReport(false), verification };
  } catch (cause) {
    const report = copy.toReport(true);
    throw new RunIncompleteError<CopyReport>(
      `Copying stopped after ${report.scanned} sessions: ${nextStepAfter(cause)}`,
      report,
      safeCause(cause),
    );
  }
}
