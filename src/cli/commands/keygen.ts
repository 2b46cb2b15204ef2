// keygen: makes a new key. With keys already set, prints the lines of each stage of a rotation.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type GeneratedKey, generateKey, Keyring, OptionInvalidError } from '../../index.js';
import { isSetInEnvFile } from '../../key-ring/internal.js';
import { programCall } from '../../program-name.js';
import { type AppendedFile, appendedFile } from '../appended-file.js';
import type { Arguments, Command } from '../command.js';
import { hasReadDotEnv, whyUnread } from '../env-file.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { hasKeysInEnvironment, keyFileInEnvironment } from '../keyring-option.js';
import { type PresentKeys, rotationStages, shellNote } from '../rotation-stages.js';
import type { Terminal } from '../terminal.js';

export const keygen: Command = {
  name: 'keygen',
  summary: 'makes a new key; with keys already set, prints the stages of a rotation',
  usage: '[options]',
  description: [
    'Prints the line that sets a new random key. With keys already set, prints what to run at each',
    'stage of a rotation, for a POSIX shell; keys that are set already are never printed.',
  ],
  options: {
    kid: {
      value: 'ID',
      help: [
        'The key id, 1 to 32 of A-Z a-z 0-9 . _ -. Default: this month and two random',
        'characters, such as 2026-11-k7.',
      ],
    },
    jwks: {
      help: [
        'Prints a JWK Set, which a key file or SESSION_ENCRYPTION_KEYS may hold; with keys already set,',
        'the stages of a rotation to a key in one.',
      ],
    },
    enc: {
      value: 'ALGORITHM',
      help: [
        'A256GCM (default), or A256CBC-HS512 for more than 2^32 seals under one key, which is',
        'always a JWK.',
      ],
    },
    json: { help: ['Writes the key and the stages as JSON.'] },
  },
  examples: [
    'keygen',
    // A new file is for its owner only, and one that is there is not replaced.
    `(umask 077 && ${programCall} keygen --env-file .env >> .env)`,
    `keys="$(${programCall} keygen --jwks)" && (umask 077 && set -C && printf '%s\\n' "$keys" > keys.json)`,
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const enc = given.value('enc') ?? 'A256GCM';
  if (enc !== 'A256GCM' && enc !== 'A256CBC-HS512') {
    throw new OptionInvalidError('--enc must be A256GCM or A256CBC-HS512.');
  }
  const present = presentKeys(given);
  const kids = present === undefined ? [] : Keyring.fromEnv().kids;
  const appended = appendedFile(given.value('env-file'));
  assertAddsVariable(given, present, appended);
  assertNoKeysAreMissed(given, present);
  const key = newKey(given.value('kid'), enc, kids);
  const asJwks = given.flag('jwks') || enc !== 'A256GCM' || present?.form === 'jwks';
  const form = asJwks ? 'jwks' : 'text';
  const stages = present === undefined ? [] : rotationStages(present, key, form);
  const value = asJwks ? JSON.stringify({ keys: [key.jwk] }) : key.text;
  // The last line of the file may lack its end, and would become one with this.
  if (appended?.isEmpty === false) terminal.report('');
  if (given.flag('json')) {
    terminal.reportJson({ kid: key.kid, enc, value, jwk: key.jwk, stages });
  } else if (stages.length === 0) {
    printFirst(terminal, key, value, given.flag('jwks'));
  } else {
    for (const { title, commands } of stages) terminal.report(shellNote(title), ...commands);
    terminal.say(
      '',
      `The new key is ${key.kid}; the key ring has ${kids.join(', ')}. Keep the new key where you keep the others.`,
    );
  }
  return exitCodes.done;
}

function newKey(
  kid: string | undefined,
  enc: GeneratedKey['enc'],
  taken: readonly string[],
): GeneratedKey {
  for (;;) {
    const key = generateKey({ kid, enc });
    if (!taken.includes(key.kid)) return key;
    if (kid !== undefined) {
      throw new OptionInvalidError(`--kid: the key ring has a key with the id ${kid} already.`);
    }
  }
}

/** @throws {OptionInvalidError} A .env file would get something other than the line that sets its first key. */
function assertAddsVariable(
  given: Arguments,
  present: PresentKeys | undefined,
  appended: AppendedFile | undefined,
): void {
  if (appended?.isEnvFile !== true) return;
  if (appended.hasKeys || present !== undefined) {
    throw new OptionInvalidError(
      `${appended.hasKeys ? 'The file has keys already' : 'Keys are set already'}, so what would be added ` +
        'to it are not variables but the stages of a rotation. Run keygen without >> to read them' +
        `${present === undefined ? ', with --env-file FILE.' : '.'}`,
    );
  }
  if (given.flag('jwks') || given.flag('json') || keyFileInEnvironment() !== undefined) {
    throw new OptionInvalidError(
      'What would be added to the file is not a line that sets a variable: write it to another file.',
    );
  }
}

/** @throws {OptionInvalidError} The file .env has keys that were not read: a first key would replace them. */
function assertNoKeysAreMissed(given: Arguments, present: PresentKeys | undefined): void {
  if (present !== undefined || !isSetInEnvFile()) return;
  if (given.value('env-file') !== undefined) {
    if (hasKeysInEnvironment() || !hasReadDotEnv()) return;
    throw new OptionInvalidError(`The keys are ${whyUnread()}`);
  }
  throw new OptionInvalidError(
    'The file .env has keys already. For a rotation: keygen --env-file .env. For a key that has nothing ' +
      'to do with them, run keygen in another folder.',
  );
}

function printFirst(terminal: Terminal, key: GeneratedKey, value: string, asJwks: boolean): void {
  const isForFile = keyFileInEnvironment() !== undefined;
  // A JWK Set that was requested is a key file; one that was not needs quotes to be set in a shell.
  const line = value === key.text && value.startsWith('{') ? `'${value}'` : value;
  terminal.report(asJwks || isForFile ? value : `SESSION_ENCRYPTION_KEYS=${line}`);
  terminal.say(
    isForFile
      ? 'This is what belongs in the file that SESSION_ENCRYPTION_KEYS_FILE names, which holds no key now. If you have keys, correct the path instead.'
      : asJwks
        ? 'This is what belongs in the file that SESSION_ENCRYPTION_KEYS_FILE names.'
        : 'The line is for a .env file, which --env-file reads. In a shell, write export before it.',
    'Keep this key with your other secrets, and apart from backups of the store: anyone who has both can',
    'open every token. Without it, what it sealed is lost.',
  );
}

/** How the environment keeps its keys; undefined if it has none, or a file that is not there yet or empty. */
function presentKeys(given: Arguments): PresentKeys | undefined {
  if (!hasKeysInEnvironment()) return undefined;
  const envFile = given.value('env-file');
  const path = keyFileInEnvironment();
  // A shell makes the file that it is to write to before this runs.
  if (path !== undefined && isMissingOrEmpty(path)) return undefined;
  // Whether they can be used, and the reasons why not, are for the key ring to say.
  Keyring.fromEnv();
  const text =
    path === undefined ? process.env.SESSION_ENCRYPTION_KEYS : readFileSync(path, 'utf8');
  const form = text?.trim().startsWith('{') ? 'jwks' : 'text';
  if (path !== undefined) {
    const isInShell = !given.fromEnvFile.includes('SESSION_ENCRYPTION_KEYS_FILE');
    return { place: 'file', form, envFile, path: isInShell ? undefined : path };
  }
  const isInEnvFile = given.fromEnvFile.includes('SESSION_ENCRYPTION_KEYS');
  return { place: isInEnvFile ? 'env-file' : 'environment', form, envFile };
}

function isMissingOrEmpty(path: string): boolean {
  if (!existsSync(path)) return true;
  const found = statSync(path);
  return found.isFile() && found.size === 0;
}
