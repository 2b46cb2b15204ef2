// How the process ends: by this program. It may also have nothing left to wait for, or be ended by a
// module of the app's own, with a code that would look like the command's.
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

let isEnding = false;
let onIdle: (() => void) | undefined;

/** Ends the process at once. */
export function endProcess(code: ExitCode): never {
  isEnding = true;
  process.exit(code);
}

/** Makes any other end a failure. */
export function watchForOtherEnds(terminal: Terminal): void {
  // Nothing is left to wait for, and yet the command is not done: a promise was lost.
  process.on('beforeExit', () => {
    if (onIdle !== undefined) return onIdle();
    terminal.say('Error: the store never answered.');
    endProcess(exitCodes.store);
  });
  process.on('exit', () => {
    if (isEnding) return;
    terminal.say('Error: a module ended the program before the command was done.');
    process.exitCode = exitCodes.store;
  });
}

/** What `awaited` comes to; if nothing is left that could settle it, the error that `reason` makes. */
export async function orIdle<T>(awaited: T | Promise<T>, reason: () => Error): Promise<T> {
  const never = new Promise<never>((_, reject) => {
    onIdle = () => reject(reason());
  });
  try {
    return await Promise.race([awaited, never]);
  } finally {
    onIdle = undefined;
  }
}
