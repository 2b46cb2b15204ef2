// keygen: makes a new key. With keys already set, prints the lines of each stage of a rotation.
import { readFileSync } from 'node:fs';
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
      help: ['The key id, 1 to 32 of A-Z a-z 0-9 . _ -. Default: this month, such as 2026-11.'],
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
  const present = presentKeys();
  const kids = present === undefined ? [] : Keyring.fromEnv().kids;
  const kid = given.value('kid') ?? freeKid(kids);
  if (kids.includes(kid)) {
    throw new OptionInvalidError(`--kid: the key ring has a key with the id ${kid} already.`);
  }
  const key = generateKey({ kid, enc });
  const asJwks = given.flag('jwks') || enc !== 'A256GCM' || present?.form === 'jwks';
  const form = asJwks ? 'jwks' : 'text';
  const stages = present === undefined ? [] : rotationStages(present, key, form);
  const value = asJwks ? JSON.stringify({ keys: [key.jwk] }) : key.text;
  if (given.flag('json')) {
    terminal.reportJson({ kid, enc, value, jwk: key.jwk, stages });
  } else if (stages.length === 0) {
    printFirst(terminal, key, value, given.flag('jwks'));
  } else {
    for (const { title, commands } of stages) terminal.report(`# ${title}`, ...commands);
    terminal.say(
      '',
      `The new key is ${kid}; the ring has ${kids.join(', ')}. Keep the new key where you keep the others.`,
    );
  }
  return exitCodes.done;
}

function printFirst(terminal: Terminal, key: GeneratedKey, value: string, bare: boolean): void {
  // A JWK Set that was asked for is a key file; one that was not needs quotes to be set in a shell.
  const line = value === key.text && value.startsWith('{') ? `'${value}'` : value;
  terminal.report(bare ? value : `SESSION_ENCRYPTION_KEYS=${line}`);
  terminal.say(
    'Keep this key with your other secrets, and apart from backups of the store: who has both can',
    'open every token. Without it, what it sealed is lost.',
  );
}

/** How the environment keeps its keys; undefined if it has none. */
function presentKeys(): PresentKeys | undefined {
  const keys = process.env.SESSION_ENCRYPTION_KEYS?.trim() ?? '';
  const path = process.env.SESSION_ENCRYPTION_KEYS_FILE?.trim() ?? '';
  if (keys === '' && path === '') return undefined;
  // Whether they can be used, and the reasons why not, are for the ring to say.
  Keyring.fromEnv();
  const text = path === '' ? keys : readFileSync(path, 'utf8').trim();
  const form = text.startsWith('{') ? 'jwks' : 'text';
  return { place: path === '' ? 'environment' : 'file', form };
}

/** This month, or with a number where the ring has that already: 2026-11, 2026-11.2. */
function freeKid(kids: readonly string[]): string {
  const month = new Date().toISOString().slice(0, 7);
  if (!kids.includes(month)) return month;
  let number = 2;
  while (kids.includes(`${month}.${number}`)) number++;
  return `${month}.${number}`;
}
