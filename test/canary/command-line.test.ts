// Secrets in every wrong place of the command line: nothing that is printed holds them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeCatalogs } from '../../src/cli/catalog-option.js';
import { type Command, optionsOf, readArguments } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { describeError } from '../../src/cli/describe-error.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { generateKey } from '../../src/index.js';
import { expectNoTrace, type Secret, secrets } from './secrets.js';

/** What a command needs beside the option that is tried. A new command has to be added here. */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  keygen: [],
  keys: [],
  list: ['--store=memory:'],
  delete: ['--store=memory:', '--unreadable'],
  status: ['--store=memory:'],
  rotate: ['--store=memory:', '--allow-non-atomic'],
  copy: ['--from=memory:', '--to=memory:'],
  inspect: ['eyJhbGciOiJkaXIi'],
};

/** Options whose value may be shown: ids and shops are not secret, and errors name them. */
const shownByContract = ['session-id', 'shop'];
/** So is a key id, and these have the form of one. */
const isKeyId = ({ text }: Secret) => /^[\w.-]{1,32}$/.test(text);

const ring = generateKey({ kid: 'present' }).text;
let folder: string;
let before: string;

beforeAll(() => {
  process.setMaxListeners(0); // each command listens for signals to the end of the process
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'canary-'));
  process.chdir(folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await closeCatalogs();
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** Runs a command in this process as `main` does, and checks all that it prints. */
async function expectSilence(
  command: Command,
  args: readonly string[],
  secret: Secret,
  environment: Readonly<Record<string, string>> = { SESSION_ENCRYPTION_KEYS: ring },
): Promise<void> {
  const printed: string[] = [];
  const keep = (...lines: readonly unknown[]) => void printed.push(...lines.map(String));
  const terminal = new Proxy({ screen: { isTTY: false, write: keep } } as unknown as Terminal, {
    get: (target, name) =>
      name === 'screen'
        ? target.screen
        : (...values: readonly unknown[]) =>
            keep(
              ...values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
            ),
  });
  for (const name of [
    'SESSION_ENCRYPTION_KEYS',
    'SESSION_ENCRYPTION_KEYS_FILE',
    'SESSION_ENCRYPTION_MODE',
  ]) {
    vi.stubEnv(name, environment[name]);
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([]) as never);
  try {
    await command.run(readArguments(command, args), terminal);
  } catch (error) {
    keep(...describeError(error));
  }
  expectNoTrace(printed.join('\n'), secret);
}

/** The arguments of a command with `given` in place of those of the same name, and of a store for a store. */
function argumentsWith(command: Command, given: string): string[] {
  const name = given.slice(2).split('=')[0] ?? '';
  const replaced: Readonly<Record<string, string>> = {
    store: 'store',
    catalog: 'store',
    from: 'from',
    'from-catalog': 'from',
    to: 'to',
    'to-catalog': 'to',
  };
  const rest = otherwise[command.name] ?? [];
  return [...rest.filter((arg) => !arg.startsWith(`--${replaced[name] ?? name}=`)), given];
}

it('knows what every command needs: `otherwise` in this file has an entry for each', () => {
  expect(Object.keys(otherwise).sort()).toEqual(commands.map(({ name }) => name).sort());
});

describe.each(commands.filter(({ name }) => name in otherwise))('$name', (command) => {
  const withValue = Object.entries(optionsOf(command)).filter(
    ([, { value }]) => value !== undefined,
  );
  const hidden = withValue.map(([name]) => name).filter((name) => !shownByContract.includes(name));

  describe.each(hidden)('--%s', (name) => {
    const tried = name === 'kid' ? secrets.filter((secret) => !isKeyId(secret)) : secrets;
    it.each(tried)('is given $form', async (secret) => {
      await expectSilence(command, argumentsWith(command, `--${name}=${secret.text}`), secret);
    });
  });

  const flags = Object.entries(optionsOf(command)).filter(([, { value }]) => value === undefined);
  it.each(flags.map(([name]) => name))('--%s is given a value', async (name) => {
    for (const secret of secrets) {
      await expectSilence(command, argumentsWith(command, `--${name}=${secret.text}`), secret);
    }
  });

  it.each(secrets)(
    'an option that does not exist, and an argument without one, is $form',
    async (secret) => {
      const rest = otherwise[command.name] ?? [];
      for (const args of [
        [`--${secret.text}`],
        [`--stor=${secret.text}`],
        ['--', secret.text],
        [secret.text],
      ]) {
        await expectSilence(command, [...rest, ...args], secret);
        await expectSilence(command, args, secret);
      }
    },
  );

  const variables = [
    'SESSION_ENCRYPTION_KEYS',
    'SESSION_ENCRYPTION_KEYS_FILE',
    'SESSION_ENCRYPTION_MODE',
    'SESSION_ENCRYPTION_KEY',
    'STORE_URL',
  ];
  describe.each(variables)('the variable %s', (name) => {
    it.each(secrets)('is $form', async (secret) => {
      // The keys of the key ring are where they belong: keygen would say their ids.
      const environment = {
        ...(name.startsWith('SESSION_ENCRYPTION_KEY') ? {} : { SESSION_ENCRYPTION_KEYS: ring }),
        [name]: secret.text,
      };
      const store =
        name === 'STORE_URL'
          ? Object.keys(optionsOf(command)).filter((option) =>
              ['store', 'from', 'to'].includes(option),
            )
          : [];
      const args = store.flatMap((option) => [`--${option}=env:STORE_URL`]);
      await expectSilence(
        command,
        [...(args.length > 0 ? args : (otherwise[command.name] ?? []))],
        secret,
        environment,
      );
    });
  });

  it.each(secrets)('the file of keys, or the .env file, holds $form', async (secret) => {
    const path = join(folder, 'file');
    const rest = otherwise[command.name] ?? [];
    for (const content of [
      secret.text,
      `${secret.text}=${secret.text}`,
      `SESSION_ENCRYPTION_KEYS=${secret.text}`,
      `{"${secret.text}":1}`,
    ]) {
      writeFileSync(path, content);
      await expectSilence(command, rest, secret, { SESSION_ENCRYPTION_KEYS_FILE: path });
      await expectSilence(command, [...rest, `--env-file=${path}`], secret, {});
    }
  });
});

const modules = Object.entries({
  'cannot be parsed': (text: string) =>
    `const x = ${JSON.stringify(text)} ${JSON.stringify(text)};`,
  'throws an error with it': (text: string) =>
    `throw Object.assign(new Error('not a value: "' + ${JSON.stringify(text)} + '"'), { sql: ${JSON.stringify(text)} });`,
  'throws it': (text: string) => `throw ${JSON.stringify(text)};`,
  'imports it': (text: string) => `import ${JSON.stringify(`./${text}`)};`,
  'exports it': (text: string) => `export default ${JSON.stringify(text)};`,
  'exports a function that rejects with it': (text: string) =>
    `export default async () => { throw { reason: ${JSON.stringify(text)} }; };`,
  'is a catalog that fails with a statement': (text: string) => failingCatalog(text),
});

/** A catalog whose every call fails as a driver does. */
function failingCatalog(text: string): string {
  return `
    const failure = () => Object.assign(new Error("Duplicate entry '" + ${JSON.stringify(text)} + "' for key 'PRIMARY'"), {
      code: 'ER_DUP_ENTRY', sql: ${JSON.stringify(text)}, parameters: [${JSON.stringify(text)}],
      cause: Object.assign(new Error('connect to redis://a:' + ${JSON.stringify(text)} + '@h failed'), { input: ${JSON.stringify(text)} }),
    });
    export default {
      async *sessions() { throw failure(); },
      async replaceSession() { throw failure(); },
      async loadSession() { throw failure(); },
      async estimateSessions() { throw failure(); },
    };`;
}

let numberOfModules = 0;
const moduleOptions = commands.flatMap((command) =>
  Object.keys(optionsOf(command))
    .filter((name) => /(?:catalog|keyring|legacy)$/.test(name))
    .map((name) => [command.name, name, command] as const),
);

describe.each(moduleOptions)('%s --%s: a module that', (_name, option, command) => {
  it.each(modules)('%s', async (what, source) => {
    // The name of a file or a package that is missing is not a secret, and the user has to see it.
    const tried = what === 'imports it' ? secrets.filter((secret) => !isKeyId(secret)) : secrets;
    for (const secret of tried) {
      const path = join(folder, `module-${numberOfModules++}.mjs`);
      writeFileSync(path, source(secret.text));
      await expectSilence(command, argumentsWith(command, `--${option}=${path}`), secret);
    }
  });
});
