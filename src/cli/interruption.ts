// Ctrl-C and SIGTERM. Once a command listens, the first ends it after the work in progress, and one that
// comes later ends it at once.
import { endProcess } from './ending.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** npm hands Ctrl-C on to a program that has it from the terminal as well: so soon, it is the same one. */
const sameWithin = 1_000;

export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code once a signal has come. */
  readonly exitCode: ExitCode | undefined;
}

let onSignal: (code: ExitCode) => void = endProcess;

/** Until a command listens nothing is in progress. The system itself does not end process 1 of a container. */
export function endOnSignals(): void {
  process.on('SIGINT', () => onSignal(exitCodes.interrupted));
  process.on('SIGTERM', () => onSignal(exitCodes.terminated));
}

/** Listens from now on, to the end of the process. */
export function listenForInterruption(terminal: Terminal): Interruption {
  const controller = new AbortController();
  let exitCode: ExitCode | undefined;
  let firstAt = 0;
  onSignal = (code) => {
    if (exitCode !== undefined) {
      if (performance.now() - firstAt >= sameWithin) endProcess(code);
      return;
    }
    [exitCode, firstAt] = [code, performance.now()];
    terminal.say('', 'Ending after the work in progress. Once more ends it at once.');
    controller.abort();
  };
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
