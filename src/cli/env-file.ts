// Reads variables from a .env file, as the app does, before a command runs.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { OptionInvalidError } from '../index.js';

export const envFileOption = {
  value: 'FILE',
  help: ['Reads variables that are not set from a .env file, such as the keys and URLs.'],
};

let hasReadDotEnv = false;

/** Why a variable is not set that the file .env of this folder sets. */
export function whyUnread(): string {
  return hasReadDotEnv
    ? 'set in the file .env, but not so that Node takes it from there: the line before it may lack its = or ' +
        'a quote, or this shell has an empty variable of that name.'
    : 'set in the file .env, which this command has not read: add --env-file .env to it.';
}

/**
 * Sets the variables of a file that are not set yet.
 *
 * @returns The names of those that were set.
 * @throws {OptionInvalidError} The file cannot be read, or is not UTF-8. Its path is not repeated.
 */
export function loadEnvFile(path: string): string[] {
  let text: string;
  try {
    // Node's own reading takes the mark for a part of the first name.
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    throw new OptionInvalidError(
      '--env-file: the file cannot be read. A relative path starts from where the command is run.',
    );
  }
  hasReadDotEnv = resolve(path) === resolve('.env');
  // As `>` writes it in Windows PowerShell: nothing would be found in it.
  if (text.includes('\0')) {
    throw new OptionInvalidError('--env-file: the file is in UTF-16. Save it as UTF-8.');
  }
  const found = Object.entries(parseEnv(text)).filter(([name]) => process.env[name] === undefined);
  for (const [name, value] of found) process.env[name] = value;
  return found.map(([name]) => name);
}
