// A look at stored sessions: what is in them, what they become, and whether that fits.
import { ValueTooLongError } from '../errors.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import { idOf, type ResealingSettings, resealSession } from '../session-fields/index.js';
import type { SeenSession } from './tally.js';

/** A session as it was read, and what is to become of it. */
export interface Look<S> extends SeenSession {
  readonly stored: S;
  /** What is to be stored in its place; itself if it stays as it is. */
  readonly next: S;
}

/**
 * Looks at sessions as a catalog handed them out. Nothing is written.
 *
 * What this mode leaves or makes plaintext is measured as if it were sealed, too, since the app will seal
 * it: in mode rollback as well, which is that of an app before it seals anything.
 */
export async function lookAt<S extends SessionLike>(
  batch: readonly S[],
  catalog: SessionCatalog<S>,
  sealing: ResealingSettings,
): Promise<Look<S>[]> {
  const looks: Look<S>[] = [];
  const measured: Measured<S>[] = [];
  for (const [at, stored] of batch.entries()) {
    const { session, fields } = await resealSession(stored, sealing);
    looks.push({
      stored,
      next: session ?? stored,
      sessionId: String(idOf(stored)),
      fields,
      changes: session !== undefined,
      misfit: undefined,
      sealedMisfit: undefined,
    });
    if (catalog.misfits === undefined) continue;
    if (session !== undefined) measured.push({ at, as: 'misfit', session });
    if (!fields.some(({ after }) => after.state === 'plaintext')) continue;
    const asSealed = { ...sealing, mode: 'migrate', dryRun: true } as const;
    const { session: sealed } = await resealSession(stored, asSealed);
    if (sealed !== undefined) measured.push({ at, as: 'sealedMisfit', session: sealed });
  }
  if (catalog.misfits === undefined || measured.length === 0) return looks;
  const misfits = await catalog.misfits(measured.map(({ session }) => session));
  for (const [index, { at, as }] of measured.entries()) {
    const [look, misfit] = [looks[at], misfits[index]];
    // A session that was read from there lacks no column.
    if (look !== undefined && misfit instanceof ValueTooLongError)
      looks[at] = { ...look, [as]: misfit };
  }
  return looks;
}

/** A session that is measured: as it is to be stored, or as it would be once it is sealed. */
interface Measured<S> {
  readonly at: number;
  readonly as: 'misfit' | 'sealedMisfit';
  readonly session: S;
}
