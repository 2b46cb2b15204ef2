// What rotate, status and copy share: progress, interruption, and a report that is printed however
// the run ends.
import { RunIncompleteError } from '../index.js';
import type { Arguments, CommandOption } from './command.js';
import { describeError } from './describe-error.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { listenForInterruption } from './interruption.js';
import { JsonReport } from './json-report.js';
import { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

/** What a run is given. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly onFinding: ((finding: object) => Promise<void>) | undefined;
  /** @param label What is being done. */
  onProgress(label: string, done: number): void;
}

/** The part of a report that decides how the command ends. */
interface EndingReport {
  readonly scanned: number;
  readonly aborted: boolean;
  readonly findings: readonly object[];
  readonly furtherFindings: number;
}

export interface LiveRun<Report extends EndingReport> {
  /** What the report starts with as JSON. */
  readonly head: object;
  /** What is done first, such as `Re-encrypting`. */
  readonly label: string;
  /** About how many sessions there are; undefined if that is not known. */
  readonly total: number | undefined;
  run(context: RunContext): Promise<Report>;
  describe(report: Report): readonly string[];
  /** What the report as JSON has besides. */
  moreJson?(report: Report): object;
  hasFindings(report: Report): boolean;
}

/** The options of every live run. */
export const liveRunOptions: Readonly<Record<string, CommandOption>> = {
  'batch-size': { value: 'N', help: ['Sessions read and written together. Default: 250.'] },
  'allow-empty': { help: ['Exits with 0 although the store has no session.'] },
  json: { help: ['Writes the report as JSON, with every session that it names.'] },
};

/** Runs it, prints the report and answers the exit code. */
export async function liveRun<Report extends EndingReport>(
  given: Arguments,
  terminal: Terminal,
  { head, label, total, run, describe, moreJson, hasFindings }: LiveRun<Report>,
): Promise<ExitCode> {
  const interruption = listenForInterruption(terminal);
  const json = given.flag('json') ? new JsonReport(terminal, head) : undefined;
  let [progress, shown] = [new Progress(terminal, label, total), label];
  const print = async (report: Report, error?: unknown) => {
    progress.end(error === undefined && !report.aborted);
    if (json === undefined) terminal.report(...describe(report));
    else {
      const { findings: _, furtherFindings: __, ...rest } = report;
      const failure = error === undefined ? {} : { error: describeError(error).join(' ') };
      await json.end({ ...rest, ...moreJson?.(report), ...failure });
    }
  };
  try {
    const report = await run({
      signal: interruption.signal,
      onFinding: json && ((finding) => json.add(finding)),
      onProgress(step, done) {
        if (step !== shown) {
          progress.end(true);
          [progress, shown] = [new Progress(terminal, step, total), step];
        }
        progress.update(done);
      },
    });
    await print(report);
    if (report.aborted) return interruption.exitCode ?? exitCodes.interrupted;
    const isEmpty = report.scanned === 0 && !given.flag('allow-empty');
    return isEmpty || hasFindings(report) ? exitCodes.finding : exitCodes.done;
  } catch (error) {
    if (error instanceof RunIncompleteError) await print(error.report, error);
    else progress.end(false);
    throw error;
  }
}
