// Ctrl-C and SIGTERM: the first ends the command after the work in progress, the second at once.
import { endProcess } from './ending.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { Terminal } from './terminal.js';

export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code once a signal has come. */
  readonly exitCode: ExitCode | undefined;
}

/** Listens from now on, to the end of the process. */
export function listenForInterruption(terminal: Terminal): Interruption {
  const controller = new AbortController();
  let exitCode: ExitCode | undefined;
  const listen = (name: 'SIGINT' | 'SIGTERM', code: ExitCode) => {
    process.on(name, () => {
      if (exitCode !== undefined) endProcess(code);
      exitCode = code;
      terminal.say('', 'Ending after the work in progress. Once more ends it at once.');
      controller.abort();
    });
  };
  listen('SIGINT', exitCodes.interrupted);
  listen('SIGTERM', exitCodes.terminated);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
  };
}
