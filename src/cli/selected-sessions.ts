// list and delete go through a store: session by session, what is selected, and how that ended.
import { RecordUnreadableError, RunIncompleteError, type SessionLike } from '../index.js';
import { assertSession, nextStepAfter } from '../reencryption/internal.js';
import { safeCause } from '../safe-cause.js';
import { sessionsHidden } from '../session-catalog.js';
import type { Catalog } from './catalog.js';
import type { ExitCode } from './exit-codes.js';
import { type Interruption, listenForInterruption } from './interruption.js';
import type { ListWriter } from './list-writer.js';
import type { Selection } from './session-selection.js';
import type { Terminal } from './terminal.js';

export interface SelectedSessions {
  readonly catalog: Catalog;
  readonly selection: Selection;
  readonly writer: ListWriter;
  readonly terminal: Terminal;
  /** What is done, such as `Listing`. */
  readonly label: string;
  /** Does it to a selected session; answers whether the session is to be written. */
  take(session: SessionLike): Promise<boolean>;
}

export interface SessionsTaken {
  /** Sessions looked at. */
  readonly scanned: number;
  /** Sessions written. */
  readonly written: number;
  /** Of records that are not sessions. */
  readonly damage: RecordUnreadableError | undefined;
  /** Why sessions may be there that were not seen. */
  readonly hidden: readonly string[];
  /** Why it ended early: to be thrown once the counts are said. */
  readonly failure: RunIncompleteError | undefined;
  /** The exit code if a signal ended it, after the session in progress. */
  readonly interrupted: ExitCode | undefined;
}

/** What the catalog says of sessions that are there and not seen. */
export async function hiddenSessions(catalog: Catalog): Promise<string[]> {
  const warnings = (await catalog.warnings?.()) ?? [];
  return warnings.filter(({ code }) => code === sessionsHidden).map(({ message }) => message);
}

/** @throws What the store fails with before the first session. */
export async function takeSelected(options: SelectedSessions): Promise<SessionsTaken> {
  const { catalog, selection, writer, terminal, label, take } = options;
  let [scanned, written] = [0, 0];
  let damage: RecordUnreadableError | undefined;
  let failure: RunIncompleteError | undefined;
  let interruption: Interruption | undefined;
  const hidden = await hiddenSessions(catalog);
  await writer.begin();
  try {
    for await (const session of catalog.sessions()) {
      // Not before: nothing is in progress then, and a silent store would hold up the end of the process.
      interruption ??= listenForInterruption(terminal);
      if (interruption.signal.aborted) break;
      assertSession(session);
      scanned++;
      const found = await selection.select(session);
      if (found === undefined || !(await take(session))) continue;
      written++;
      await writer.write(found);
    }
  } catch (error) {
    if (error instanceof RecordUnreadableError) damage = error;
    else if (scanned === 0) throw error;
    else {
      const message = `${label} stopped after ${scanned} sessions: ${nextStepAfter(error)}`;
      failure = new RunIncompleteError(message, { scanned }, safeCause(error));
    }
  }
  await writer.end();
  const interrupted = interruption?.exitCode;
  return { scanned, written, damage, hidden, failure, interrupted };
}
