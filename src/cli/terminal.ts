// What commands print to. Reports go to standard output; everything else, progress included, to
// standard error, so that a report can be piped on.
import { codeOf } from '../safe-cause.js';
import { printable, printableJson } from './printable.js';

export interface Terminal {
  /** Writes lines of a report. */
  report(...lines: readonly string[]): void;
  /** Writes a report for machines. */
  reportJson(value: unknown): void;
  /** Writes part of a report as it is; resolves once there is room for more. */
  write(text: string): Promise<void>;
  /** Writes lines for the person who watches. */
  say(...lines: readonly string[]): void;
  /** Standard error, for a progress bar. */
  readonly screen: NodeJS.WriteStream;
  /** Why a report could not be written, as with a full disk; undefined if nothing went wrong. */
  readonly lostOutput: string | undefined;
}

/** This process's standard output and error. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  let lostOutput: string | undefined;
  stderr.on('error', () => {});
  stdout.on('error', (error) => {
    const code = codeOf(error) ?? 'unknown error';
    // The reader may go away, as `head` does; that is not a failure of the command.
    if (code !== 'EPIPE') lostOutput ??= code;
  });
  const write = (stream: NodeJS.WriteStream, lines: readonly string[]) =>
    void stream.write(lines.map((line) => `${printable(line)}\n`).join(''));
  return {
    report: (...lines) => write(stdout, lines),
    reportJson: (value) => void stdout.write(`${printableJson(value)}\n`),
    write: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
    say: (...lines) => write(stderr, lines),
    screen: stderr,
    get lostOutput() {
      return lostOutput;
    },
  };
}

/** Resolves once everything is written, or cannot be. */
export async function flush(): Promise<void> {
  const written = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((done) => stream.write('', () => done())),
  );
  await Promise.all(written);
}
