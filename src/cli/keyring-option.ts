// The key ring of a command: from a module of the app's own, or from the environment as in the app;
// and how old its primary key may be.
import { existsSync } from 'node:fs';
import { isBranded } from '../errors/brand.js';
import { Keyring, OptionInvalidError } from '../index.js';
import { isSetInEnvFile, looksLikeKeys } from '../key-ring/internal.js';
import { programCall } from '../program-name.js';
import type { Arguments, CommandOption } from './command.js';
import { whyUnread } from './env-file.js';
import { ageInDays } from './key-age.js';
import { loadExport } from './module-option.js';

export const keyringOption: Readonly<Record<string, CommandOption>> = {
  keyring: {
    value: 'MODULE',
    help: [
      'A module (a path or a package) whose export `keyring`, or default export, is a Keyring or',
      'a function that returns one. Without it, keys come from the environment.',
    ],
  },
};

export const maxAgeOption: Readonly<Record<string, CommandOption>> = {
  'max-age': {
    value: 'AGE',
    help: ['A primary key that is older, or whose age nothing says, is a finding. Such as 180d.'],
  },
};

/**
 * @throws {OptionInvalidError} The module cannot be loaded, or exports no key ring.
 * @throws {KeyringInvalidError} The environment holds none.
 */
export async function keyringOf(given: Arguments): Promise<Keyring> {
  const specifier = given.value('keyring');
  if (specifier === undefined) {
    assertKeysAreRead();
    return Keyring.fromEnv();
  }
  const exported = await loadExport(specifier, 'keyring', 'keyring');
  if (exported instanceof Keyring) return exported;
  throw new OptionInvalidError(
    isBranded(exported, 'keyring')
      ? '--keyring: the Keyring is of another copy of this package, whose keys cannot be reached. Run the ' +
          'command that is installed beside the module, and leave this package out of bundles.'
      : '--keyring: neither the export "keyring" nor the default export is a Keyring, or a function that ' +
          'returns one.',
  );
}

/** Whether the environment sets keys, or names the file that holds them. */
export function hasKeysInEnvironment(): boolean {
  const { SESSION_ENCRYPTION_KEYS: keys = '', SESSION_ENCRYPTION_KEYS_FILE: path = '' } =
    process.env;
  return keys.trim() !== '' || path.trim() !== '';
}

/** The path in SESSION_ENCRYPTION_KEYS_FILE; undefined where that is not what sets the keys. */
export function keyFileInEnvironment(): string | undefined {
  const { SESSION_ENCRYPTION_KEYS: keys = '', SESSION_ENCRYPTION_KEYS_FILE = '' } = process.env;
  const path = SESSION_ENCRYPTION_KEYS_FILE.trim();
  return path === '' || keys.trim() !== '' || looksLikeKeys(path) ? undefined : path;
}

function assertKeysAreRead(): void {
  const path = keyFileInEnvironment();
  if (path !== undefined && !existsSync(path)) {
    throw new OptionInvalidError(
      'SESSION_ENCRYPTION_KEYS_FILE names a file that is not there. A relative path starts from where the ' +
        `command is run. If there are no keys yet, ${programCall} keygen makes what belongs in it.`,
    );
  }
  if (hasKeysInEnvironment() || !isSetInEnvFile()) return;
  throw new OptionInvalidError(`The keys are ${whyUnread()}`);
}

/**
 * What is wrong with the age of the primary key; undefined where nothing is, or nothing is asked.
 *
 * @throws {OptionInvalidError} --max-age is not a number of days.
 */
export function ageFinding(given: Arguments, keyring: Keyring): string | undefined {
  const text = given.value('max-age');
  if (text === undefined) return undefined;
  const days = Number(/^(\d{1,5})d$/.exec(text)?.[1] ?? 0);
  if (days === 0) throw new OptionInvalidError('--max-age must be 1 to 99999 days, such as 180d.');
  const { primary } = keyring;
  const age = ageInDays(keyring.created(primary));
  if (age === undefined) {
    return `Nothing says how old the primary key ${primary} is: keep it in a JWK Set, with "iat".`;
  }
  if (age < -1) {
    return `The "iat" of the primary key ${primary} is in the future, so nothing says how old it is: correct it.`;
  }
  return age > days
    ? `The primary key ${primary} is ${Math.floor(age)} days old, more than ${days}: rotate it.`
    : undefined;
}
