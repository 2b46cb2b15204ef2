// The exit codes of every command. `exitCodesHelp` says what they mean.
export const exitCodes = {
  done: 0,
  finding: 1,
  usage: 2,
  store: 3,
  /** Of Node.js itself, which looks for the file of --env-file first. No command returns it. */
  notStarted: 9,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the help. */
export const exitCodesHelp: readonly string[] = [
  'Exit codes:',
  '    0  done, and nothing is wrong',
  '    1  done, and something is wrong with what is stored, or a key is too old: the report says what',
  '    2  nothing was begun: wrong arguments, keys or settings, or no place with sessions was found',
  '    3  the store failed, or the report could not be written; what was done stays done, run it again to continue',
  '    9  Node.js did not start this program: it cannot read the file that --env-file names',
  '  130  ended by Ctrl-C (SIGINT) after the work in progress; run it again to continue',
  '  143  ended by SIGTERM after the work in progress; run it again to continue',
];
