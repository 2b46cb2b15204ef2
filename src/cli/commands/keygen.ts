// keygen: makes a new key. With keys already set, prints the lines of each stage of a rotation.
import { fstatSync, readFileSync } from 'node:fs';
import { type GeneratedKey, generateKey, Keyring, OptionInvalidError } from '../../index.js';
import type { Arguments, Command } from '../command.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { type PresentKeys, rotationStages } from '../rotation-stages.js';
import type { Terminal } from '../terminal.js';

export const keygen: Command = {
  name: 'keygen',
  summary: 'makes a new key; with keys already set, prints the stages of a rotation',
  usage: '[options]',
  description: [
    'Prints the line that sets a new random key. With keys already set, prints what to run at each',
    'stage of a rotation; keys that are set already are never printed.',
  ],
  options: {
    kid: {
      value: 'ID',
      help: [
        'The key id, 1 to 32 of A-Z a-z 0-9 . _ -. Default: this month and two random',
        'characters, such as 2026-11-k7.',
      ],
    },
    jwks: { help: ['Prints a JWK Set, which a key file or SESSION_ENCRYPTION_KEYS may hold.'] },
    enc: {
      value: 'ALGORITHM',
      help: [
        'A256GCM (default), or A256CBC-HS512 for more than 2^32 seals under one key, which is',
        'always a JWK.',
      ],
    },
    json: { help: ['Writes the key and the stages as JSON.'] },
  },
  examples: ['keygen', 'keygen --kid 2026-11 >> .env', 'keygen --jwks > keys.json'],
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
  const appending = isAppending();
  if (present !== undefined && appending && !given.flag('json')) {
    throw new OptionInvalidError(
      'Keys are set already, so what would be added to the file are not variables but the stages of a ' +
        'rotation. Run keygen without >> to read them.',
    );
  }
  const key = newKey(given.value('kid'), enc, kids);
  const asJwks = given.flag('jwks') || enc !== 'A256GCM' || present?.form === 'jwks';
  const form = asJwks ? 'jwks' : 'text';
  const stages = present === undefined ? [] : rotationStages(present, key, form);
  const value = asJwks ? JSON.stringify({ keys: [key.jwk] }) : key.text;
  // The last line of the file may lack its end, and would become one with this.
  if (appending) terminal.report('');
  if (given.flag('json')) {
    terminal.reportJson({ kid: key.kid, enc, value, jwk: key.jwk, stages });
  } else if (stages.length === 0) {
    printFirst(terminal, key, value, given.flag('jwks'));
  } else {
    for (const { title, commands } of stages) terminal.report(`# ${title}`, ...commands);
    terminal.say(
      '',
      `The new key is ${key.kid}; the ring has ${kids.join(', ')}. Keep the new key where you keep the others.`,
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

/** Whether standard output is added to a file that holds something, as with `keygen >> .env`. */
function isAppending(): boolean {
  try {
    const output = fstatSync(process.stdout.fd);
    return output.isFile() && output.size > 0;
  } catch {
    return false;
  }
}

function printFirst(terminal: Terminal, key: GeneratedKey, value: string, bare: boolean): void {
  // A JWK Set that was requested is a key file; one that was not needs quotes to be set in a shell.
  const line = value === key.text && value.startsWith('{') ? `'${value}'` : value;
  terminal.report(bare ? value : `SESSION_ENCRYPTION_KEYS=${line}`);
  terminal.say(
    'Keep this key with your other secrets, and apart from backups of the store: anyone who has both can',
    'open every token. Without it, what it sealed is lost.',
  );
}

/** How the environment keeps its keys; undefined if it has none. */
function presentKeys({ fromEnvFile }: Arguments): PresentKeys | undefined {
  const keys = process.env.SESSION_ENCRYPTION_KEYS?.trim() ?? '';
  const path = process.env.SESSION_ENCRYPTION_KEYS_FILE?.trim() ?? '';
  if (keys === '' && path === '') return undefined;
  // Whether they can be used, and the reasons why not, are for the ring to say.
  Keyring.fromEnv();
  const form = (path === '' ? keys : readFileSync(path, 'utf8').trim()).startsWith('{')
    ? 'jwks'
    : 'text';
  if (path !== '') return { place: 'file', form };
  const isInEnvFile = fromEnvFile.includes('SESSION_ENCRYPTION_KEYS');
  return { place: isInEnvFile ? 'env-file' : 'environment', form };
}
