// Reads variables from a .env file, as the app does, before a command runs.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { OptionInvalidError } from '../index.js';

export const envFileOption = {
  value: 'FILE',
  help: ['Reads variables that are not set from a .env file, such as the keys and URLs.'],
};

/**
 * Sets the variables of a file that are not set yet.
 *
 * @returns The names of those that were set.
 * @throws {OptionInvalidError} The file cannot be read. Its path is not repeated.
 */
export function loadEnvFile(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new OptionInvalidError(
      '--env-file: the file cannot be read. A relative path starts from where the command is run.',
    );
  }
  const found = Object.entries(parseEnv(text)).filter(([name]) => process.env[name] === undefined);
  for (const [name, value] of found) process.env[name] = value;
  return found.map(([name]) => name);
}
