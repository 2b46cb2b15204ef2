// Finds the keys in environment variables, or says why there are none.

import { invalidOption } from '../checked-options.js';
import { hasMembers } from '../foreign-object.js';
import { programCall } from '../program-name.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { invalidRing } from './key-entry.js';
import { looksLikeKeys } from './key-mistakes.js';

export const KEYS = 'SESSION_ENCRYPTION_KEYS';
export const KEYS_FILE = 'SESSION_ENCRYPTION_KEYS_FILE';

/** The variables that `Keyring.fromEnv` reads. `process.env` is one, and a Cloudflare Worker's `env`. */
export interface KeyringEnvironment {
  readonly SESSION_ENCRYPTION_KEYS?: string | undefined;
  readonly SESSION_ENCRYPTION_KEYS_FILE?: string | undefined;
}

/** The text of the keys, or the path of the file that holds it. */
export type KeysInEnvironment = { readonly text: string } | { readonly path: string };

/**
 * @throws {KeyringInvalidError} Neither or both variables are set, or the path is not one.
 * @throws {OptionInvalidError} `env` cannot hold variables.
 */
export function keysInEnvironment(env: KeyringEnvironment | undefined): KeysInEnvironment {
  const variables = env ?? processEnvironment();
  if (!hasMembers(variables)) {
    throw invalidOption('env', 'an object of variables, such as process.env', variables);
  }
  const text = read(variables, KEYS);
  const path = read(variables, KEYS_FILE);
  if (text !== '' && path !== '') {
    throw invalidRing(KEYS, `is set, and so is ${KEYS_FILE}; unset one of them`);
  }
  if (text !== '') return { text };
  if (path === '') throw invalidRing(KEYS, whyNotSet(variables));
  if (looksLikeKeys(path)) {
    throw invalidRing(KEYS_FILE, `holds keys, not a path; put them in ${KEYS}`);
  }
  return { path };
}

function processEnvironment(): KeyringEnvironment {
  const { process } = globalThis as { process?: { env?: KeyringEnvironment } };
  return process?.env ?? {};
}

function read(env: KeyringEnvironment, name: keyof KeyringEnvironment): string {
  const value: unknown = env[name] ?? '';
  if (typeof value !== 'string') throw invalidRing(name, 'is not a string');
  return value.trim();
}

/** Neither variable is set: the reason, where it can be seen, and what to do. */
function whyNotSet(env: KeyringEnvironment): string {
  const singular = [KEYS, KEYS_FILE].find((name) => Reflect.get(env, name.replace('KEYS', 'KEY')));
  if (singular !== undefined) {
    return `is not set, but ${singular.replace('KEYS', 'KEY')} is: rename it to ${singular}`;
  }
  if (env === processEnvironment() && isSetInEnvFile()) {
    const empty = ([KEYS, KEYS_FILE] as const).find((name) => env[name] !== undefined);
    if (empty !== undefined && isSetInEnvFile([empty])) {
      return `is not set: the file .env sets ${empty}, but Node and dotenv leave an empty variable as it is; unset it`;
    }
    return 'is set in the file .env, which nothing has read: start Node with --env-file=.env, or load it with dotenv before the app';
  }
  return `is not set, nor is ${KEYS_FILE}; make a key with: ${programCall} keygen`;
}

/** Whether the .env file of the working directory sets one of these variables. */
export function isSetInEnvFile(names: readonly string[] = [KEYS, KEYS_FILE]): boolean {
  try {
    const text = nodeBuiltin('node:fs')?.readFileSync('.env', 'utf8') ?? '';
    return new RegExp(`^\\s*(?:export\\s+)?(?:${names.join('|')})\\s*=\\s*\\S`, 'm').test(text);
  } catch {
    return false;
  }
}
