// The help of the program and of each command.
import { programCall } from '../program-name.js';
import { type Command, optionsOf } from './command.js';
import { exitCodesHelp } from './exit-codes.js';

const keysHelp = [
  'Keys come from the environment, as in the app: SESSION_ENCRYPTION_KEYS, or',
  'SESSION_ENCRYPTION_KEYS_FILE, which names a file; --env-file reads both from a .env file.',
];

export function programHelp(commands: readonly Command[]): string[] {
  return [
    `Usage: ${programCall} <command> [options]`,
    '',
    'Looks after the keys and sessions of shopify-app-session-storage-encrypted.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(9)}${summary}`),
    '',
    '<command> --help shows how to call it; --version prints the version.',
    '',
    ...keysHelp,
    '',
    ...exitCodesHelp,
  ];
}

export function commandHelp(command: Command): string[] {
  const { name, usage, description, examples, usesNoKeys } = command;
  return [
    `Usage: ${programCall} ${name} ${usage}`,
    '',
    ...description,
    '',
    'Options:',
    ...Object.entries(optionsOf(command)).flatMap(optionHelp),
    '',
    'Examples:',
    ...examples.map((example) =>
      example.includes(programCall) ? `  ${example}` : `  ${programCall} ${example}`,
    ),
    '',
    ...(usesNoKeys === true ? [] : [...keysHelp, '']),
    ...exitCodesHelp,
  ];
}

function optionHelp([name, { value, help }]: [
  string,
  { readonly value?: string; readonly help: readonly string[] },
]): string[] {
  const term = `--${name}${value === undefined ? '' : ` ${value}`}`;
  const indent = ' '.repeat(26);
  const [first = '', ...rest] = help;
  const lead =
    term.length > 22 ? [`  ${term}`, `${indent}${first}`] : [`  ${term.padEnd(24)}${first}`];
  return [...lead, ...rest.map((line) => `${indent}${line}`)];
}
