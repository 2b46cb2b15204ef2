#!/usr/bin/env node
// The command line: finds the command, runs it, and turns what it throws into a message and an exit
// code.
import { nearest } from '../checked-options.js';
import { memberOf } from '../foreign-object.js';
import {
  KeyringInvalidError,
  OptionInvalidError,
  PackageMissingError,
  RunIncompleteError,
} from '../index.js';
import { programCall } from '../program-name.js';
import { remedyOf } from '../store-remedy.js';
import { closeCatalogs } from './catalog-option.js';
import { optionsOf, readArguments } from './command.js';
import { commands } from './commands.js';
import { describeError } from './describe-error.js';
import { endProcess, watchForOtherEnds } from './ending.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { commandHelp, programHelp } from './help.js';
import { endOnSignals } from './interruption.js';
import { hideKeysInEnvironment } from './redact.js';
import { flush, processTerminal, type Terminal } from './terminal.js';

/** The version of this package. The build writes it in. */
declare const PACKAGE_VERSION: string;

async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  hideKeysInEnvironment();
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    const lines = describeError(error);
    terminal.say(...lines);
    if (isUsage(error)) return exitCodes.usage;
    const remedy = remedyOf(error) ?? '';
    if (remedy !== '' && !lines.some((line) => line.includes(remedy))) terminal.say(remedy);
    return exitCodes.store;
  }
}

/** Whether nothing was begun, for a reason that only another call can mend. */
function isUsage(error: unknown): boolean {
  if (error instanceof RunIncompleteError) {
    return memberOf(error.report, 'scanned') === 0 && isUsage(error.cause);
  }
  return (
    error instanceof OptionInvalidError ||
    error instanceof KeyringInvalidError ||
    error instanceof PackageMissingError
  );
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === '--version') {
    terminal.report(PACKAGE_VERSION);
    return exitCodes.done;
  }
  const asked = first === 'help' ? rest[0] : first;
  if (asked === undefined || asked === '--help' || asked === '-h') {
    const lines = programHelp(commands);
    if (first === undefined) terminal.say(...lines);
    else terminal.report(...lines);
    return first === undefined ? exitCodes.usage : exitCodes.done;
  }
  const command = commands.find(({ name }) => name === asked);
  if (command === undefined) throw new OptionInvalidError(whyNoCommand(asked, rest));
  if (first === 'help' || rest.includes('--help') || rest.includes('-h')) {
    terminal.report(...commandHelp(command));
    return exitCodes.done;
  }
  const given = readArguments(
    command,
    rest,
    commands.flatMap((known) => Object.keys(optionsOf(known))),
  );
  hideKeysInEnvironment();
  return command.run(given, terminal);
}

/** What was given is not repeated: it may be a URL with a password. */
function whyNoCommand(asked: string, rest: readonly string[]): string {
  const names = commands.map(({ name }) => name);
  if (['-v', '-V', 'version'].includes(asked)) {
    return 'There is no such command. The version: --version';
  }
  if (asked.startsWith('-')) {
    const name = names.find((one) => rest.includes(one)) ?? '<command>';
    return `The command comes first, then its options: ${programCall} ${name} [options]`;
  }
  const meant = nearest(asked, names);
  const guess = meant === undefined ? '' : ` Is ${meant} meant?`;
  return `There is no such command.${guess} The commands are ${names.join(', ')}.`;
}

/** Runs the program to its end. */
async function run(): Promise<void> {
  const terminal = processTerminal();
  watchForOtherEnds(terminal);
  endOnSignals();
  // An error outside of what the command awaits, as of a database client of the app's own. Node would
  // print it as it is, with whatever a driver has attached to it.
  process.on('uncaughtException', (error) => {
    terminal.say(...describeError(error));
    void flush().then(() => endProcess(exitCodes.store));
  });
  const code = await main(process.argv.slice(2), terminal);
  await closeCatalogs();
  // Catalogs of the app's own may hold the process open.
  await flush();
  if (terminal.lostOutput !== undefined) {
    terminal.say(`Error: standard output could not be written (${terminal.lostOutput}).`);
    endProcess(exitCodes.store);
  }
  endProcess(code);
}

void run();
