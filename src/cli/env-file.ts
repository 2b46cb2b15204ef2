// Reads variables from a .env file, as the app does, before a command runs.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { OptionInvalidError } from '../index.js';

export const envFileOption = {
  value: 'FILE',
  help: [
    'Reads variables that are not set, or empty, from a .env file, such as the keys and URLs.',
  ],
};

/** The file that was read. */
let readPath: string | undefined;

/** Why a variable is not set that the file .env of this folder sets. */
export function whyUnread(): string {
  if (readPath === undefined) {
    return 'set in the file .env, which this command has not read: add --env-file .env to it.';
  }
  return hasReadDotEnv()
    ? 'set in the file .env, but not so that Node takes it from there: the line before it may lack its = or a quote.'
    : 'set in the file .env, but not in the one that --env-file names.';
}

/** What to say of a variable that is set nowhere. */
export function notSet(): string {
  return readPath === undefined
    ? 'not set. Export it, or name the file that sets it with --env-file.'
    : 'not set, nor is it in the file that --env-file names.';
}

/** Whether --env-file named the file .env of this folder. */
export function hasReadDotEnv(): boolean {
  return readPath === resolve('.env');
}

/**
 * Sets the variables of a file that are not set yet. An empty one is not set: Docker Compose and CI systems pass
 * those on.
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
  readPath = resolve(path);
  // As `>` writes it in Windows PowerShell: nothing would be found in it.
  if (text.includes('\0')) {
    throw new OptionInvalidError('--env-file: the file is in UTF-16. Save it as UTF-8.');
  }
  const found = Object.entries(parseEnv(text)).filter(
    ([name]) => (process.env[name] ?? '').trim() === '',
  );
  for (const [name, value] of found) process.env[name] = value;
  return found.map(([name]) => name);
}
