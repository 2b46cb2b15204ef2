// What commands print to. Reports go to standard output; everything else, progress included, to
// standard error, so that a report can be piped on.
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
}

/** This process's standard output and error. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    // The reader may go away, as `head` does; that is not a failure of the command.
    stream.on('error', () => {});
  }
  const write = (stream: NodeJS.WriteStream, lines: readonly string[]) =>
    void stream.write(lines.map((line) => `${printable(line)}\n`).join(''));
  return {
    report: (...lines) => write(stdout, lines),
    reportJson: (value) => void stdout.write(`${printableJson(value)}\n`),
    write: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
    say: (...lines) => write(stderr, lines),
    screen: stderr,
  };
}

/** Ends the process once everything is written. Catalogs of the app's own may hold it open. */
export async function exit(code: number): Promise<never> {
  process.exitCode = code;
  const written = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((done) => stream.write('', () => done())),
  );
  await Promise.all(written);
  process.exit();
}
