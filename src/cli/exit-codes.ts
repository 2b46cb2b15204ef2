// The exit codes of every command, and what they mean.
export const exitCodes = {
  /** Done, and nothing is wrong. */
  done: 0,
  /** Done, and something is wrong with what is stored: the report says what. */
  finding: 1,
  /** Nothing was begun: wrong arguments, keys or settings, or no place with sessions was found. */
  usage: 2,
  /** The store failed, or the report could not be written. What was done stays done. */
  store: 3,
  /** Of Node.js itself, which looks for the file of --env-file first. No command returns it. */
  notStarted: 9,
  /** Ended by SIGINT after the work in progress; running again continues. */
  interrupted: 130,
  /** Ended by SIGTERM after the work in progress; running again continues. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the help. */
export const exitCodesHelp: readonly string[] = [
  'Exit codes:',
  '    0  done, and nothing is wrong',
  '    1  done, and something is wrong with what is stored: the report says what',
  '    2  nothing was begun: wrong arguments, keys or settings, or no place with sessions was found',
  '    3  the store failed, or the report could not be written; what was done stays done, run it again to continue',
  '    9  Node.js did not start this program: it cannot read the file that --env-file names',
  '  130  ended by Ctrl-C (SIGINT) after the work in progress; run it again to continue',
  '  143  ended by SIGTERM after the work in progress; run it again to continue',
];
