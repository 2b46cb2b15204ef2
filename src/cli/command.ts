// What a command is, and how its arguments are read.
import { parseArgs } from 'node:util';
import { OptionInvalidError } from '../index.js';
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
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** How it is called, after its name. */
  readonly usage: string;
  readonly description: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly examples: readonly string[];
  /** How many arguments it takes that are not options. */
  readonly positionals: number;
  run(given: Arguments, terminal: Terminal): Promise<ExitCode>;
}

/** @throws {OptionInvalidError} An option does not exist, lacks its value, or there is too much. */
export function readArguments(command: Command, args: readonly string[]): Arguments {
  const known: Record<string, CommandOption> = { ...command.options, help: { help: [] } };
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { value }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { values, positionals } = parse(command, args, options);
  // Not repeated: it may be a URL with a password that lost its option.
  if (positionals.length > command.positionals) {
    throw new OptionInvalidError(
      `${command.name} takes ${command.positionals === 0 ? 'no argument' : 'one argument'} without an option. See: encrypted-sessions ${command.name} --help`,
    );
  }
  return {
    positionals,
    value: (name) => {
      const value = values[name];
      if (value === '') throw new OptionInvalidError(`--${name} has no value.`);
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => values[name] === true,
  };
}

function parse(
  command: Command,
  args: readonly string[],
  options: Record<string, { type: 'string' | 'boolean' }>,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split(/\. (?=To specify)/);
    throw new OptionInvalidError(
      `${reason.replace(/\.$/, '')}. See: encrypted-sessions ${command.name} --help`,
    );
  }
}

/** @throws {OptionInvalidError} It is not a whole number. */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new OptionInvalidError(`--${name} must be a whole number.`);
  return Number(text);
}
