// How many sessions there are, for a progress bar.
import type { Catalog } from './catalog-option.js';
import { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

/** A count where a bar is drawn, else undefined. */
export async function countSessions(
  catalog: Catalog,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!terminal.screen.isTTY) return undefined;
  const progress = new Progress(terminal, 'Counting');
  let count = 0;
  try {
    for await (const _session of catalog.sessions()) {
      if (signal.aborted) return undefined;
      progress.update(++count);
    }
  } finally {
    progress.end();
  }
  return count;
}
