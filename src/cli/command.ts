// What a command is, and how its arguments are read.
import { parseArgs } from 'node:util';
import { nearest } from '../checked-options.js';
import { OptionInvalidError } from '../index.js';
import { programCall } from '../program-name.js';
import { envFileOption, loadEnvFile } from './env-file.js';
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** An option, as the help shows it. */
export interface CommandOption {
  /** What its value is called; a flag has none. */
  readonly value?: string;
  /** One or more lines. */
  readonly help: readonly string[];
}

/** The values of a command's arguments. */
export interface Arguments {
  /** The value of an option; undefined where it is not given. */
  value(name: string): string | undefined;
  /** Whether a flag is given. */
  flag(name: string): boolean;
  readonly positionals: readonly string[];
  /** The environment variables that `--env-file` has set. */
  readonly fromEnvFile: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** How it is called, after its name. */
  readonly usage: string;
  readonly description: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** What follows the call of the program, or a line that has the call in it. */
  readonly examples: readonly string[];
  /** How many arguments it takes that are not options. */
  readonly positionals: number;
  /** Whether it runs where no keys are set, and uses none. */
  readonly usesNoKeys?: boolean;
  run(given: Arguments, terminal: Terminal): Promise<ExitCode>;
}

/** The options of a command, those that every command has included. */
export function optionsOf(command: Command): Record<string, CommandOption> {
  return { ...command.options, 'env-file': envFileOption, help: { help: ['Shows this.'] } };
}

/**
 * @param known The options of every command: one that another command has is named in the error.
 * @throws {OptionInvalidError} An option does not exist, lacks its value, or there is too much.
 */
export function readArguments(
  command: Command,
  args: readonly string[],
  known: readonly string[] = [],
): Arguments {
  const options = Object.fromEntries(
    Object.entries(optionsOf(command)).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { values, positionals, tokens } = parse(command, args, options, known);
  const given = tokens.flatMap((token) =>
    token.kind === 'option' && token.value !== undefined ? [token.name] : [],
  );
  // Only the last would count: of two shops or keys, one would be left out and nobody told.
  const repeated = given.find((name, index) => given.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new OptionInvalidError(`--${repeated} is given more than once. ${seeHelp(command)}`);
  }
  // Not repeated: it may be a URL with a password that lost its option.
  if (positionals.length > command.positionals) {
    throw new OptionInvalidError(
      `${command.name} takes ${command.positionals === 0 ? 'no argument' : 'one argument'} without an option. ${seeHelp(command)}`,
    );
  }
  const value = (name: string) => {
    const text = values[name];
    if (text === '') throw new OptionInvalidError(`--${name} has no value.`);
    return typeof text === 'string' ? text : undefined;
  };
  const envFile = value('env-file');
  return {
    positionals,
    fromEnvFile: envFile === undefined ? [] : loadEnvFile(envFile),
    value,
    flag: (name) => values[name] === true,
  };
}

function parse(
  command: Command,
  args: readonly string[],
  options: Record<string, { type: 'string' | 'boolean' }>,
  known: readonly string[],
) {
  try {
    return parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
  } catch (error) {
    throw new OptionInvalidError(
      `${reasonOf(error, command, args, options, known)} ${seeHelp(command)}`,
    );
  }
}

/** Node's reason, unless it would repeat what is not an option of ours and may be a secret. */
function reasonOf(
  error: unknown,
  { name: command, positionals }: Command,
  args: readonly string[],
  options: object,
  known: readonly string[],
): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const option = /--[\w-]+/.exec(message)?.[0] ?? '--option';
    if (message.includes('does not take')) return `${option} takes no value.`;
    const dash = message.includes('ambiguous')
      ? ` One that starts with a dash needs an equals sign: ${option}=-…`
      : '';
    return `${option} lacks its value.${dash}`;
  }
  const names = Object.keys(options);
  const given = args.map((arg) => /^--([^=]*)/.exec(arg)?.[1] ?? '');
  const unknown = given.find((name) => name !== '' && !names.includes(name)) ?? '';
  if (known.includes(unknown)) return `${command} has no option --${unknown}.`;
  const meant = nearest(unknown, names);
  if (meant !== undefined) return `There is no such option. Is --${meant} meant?`;
  const isArgument = positionals > 0 && args.some((arg) => /^-[^-]/.test(arg));
  return `There is no such option.${isArgument ? ' Write -- before an argument that starts with a dash.' : ''}`;
}

function seeHelp({ name }: Command): string {
  return `See: ${programCall} ${name} --help`;
}
