// keygen where keys are in a .env file, or are to be put there.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { packedProgram } from './program.js';
import { oldKey, onlyOldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

const execute = promisify(execFile);

describe('encrypted-sessions keygen and a .env file', () => {
  it('keys in a .env file: the stages say how to edit it', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS=${oldKey}\n`);

    const { code, stdout } = await program.run(['keygen', '--env-file', '.env'], { cwd: folder });

    expect(code).toBe(0);
    const [, added = ''] = /^: 'At the end of the value .* add: (,\S+)'$/m.exec(stdout) ?? [];
    const [, moved = ''] =
      /^: 'Take it and the comma before it .* start: (\S+,)'$/m.exec(stdout) ?? [];
    const [, left = ''] = /^: 'Make this all of the value .* file: (\S+)'$/m.exec(stdout) ?? [];
    const stages = [`${oldKey}${added}`, `${moved}${oldKey}`, left];
    const next = Keyring.parse(left).primary;
    expect(stages.map((value) => Keyring.parse(value).kids)).toEqual([
      ['old', next],
      [next, 'old'],
      [next],
    ]);
    expect(stdout).not.toContain(oldKey.split(':')[1]);
    expect(stdout).not.toContain('export ');
    // The store's URL and the keys are in that file: a line without it would lack them.
    expect(stdout).toMatch(/ rotate --store env:SESSION_STORE_URL --env-file \.env$/m);
    expect(stdout).toMatch(/ status --store env:SESSION_STORE_URL --env-file \.env$/m);
  });

  it('quotes the name of a .env file that a shell would split', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "it's .env"), `SESSION_ENCRYPTION_KEYS=${oldKey}\n`);

    const { stdout } = await program.run(['keygen', '--env-file', "it's .env"], { cwd: folder });

    expect(stdout).toMatch(/ rotate --store env:SESSION_STORE_URL --env-file 'it'\\''s \.env'$/m);
  });

  it.each([
    ['ends with a line end', 'A=1\n'],
    ['does not', 'A=1'],
    ['is empty', ''],
  ])('keygen >> .env adds a line to a file that %s', async (_, text) => {
    const folder = await temporaryFolder();
    const path = join(folder, '.env');
    await writeFile(path, text);

    await appendTo(path, ['keygen', '--env-file', '.env'], folder);

    const variables = parseEnv(await readFile(path, 'utf8'));
    expect(variables.A).toBe(text === '' ? undefined : '1');
    expect(Keyring.parse(String(variables.SESSION_ENCRYPTION_KEYS)).kids).toHaveLength(1);
  });

  it('keygen >> .env adds nothing where the file holds keys already', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, '.env');
    await writeFile(path, `SESSION_ENCRYPTION_KEYS=${oldKey}`);

    await expect(appendTo(path, ['keygen', '--env-file', '.env'], folder)).rejects.toMatchObject({
      code: 2,
    });

    expect(await readFile(path, 'utf8')).toBe(`SESSION_ENCRYPTION_KEYS=${oldKey}`);
  });

  it.each(['a new file', 'an empty one', 'one that has variables'])(
    'keygen >> .env adds no stages of a rotation to %s where the shell has keys',
    async (state) => {
      const folder = await temporaryFolder();
      const path = join(folder, '.env');
      const text = state === 'one that has variables' ? 'A=1' : '';
      if (state !== 'a new file') await writeFile(path, text);

      for (const args of [['keygen'], ['keygen', '--env-file', '.env']]) {
        await expect(appendTo(path, args, folder, onlyOldKey)).rejects.toMatchObject({
          code: 2,
          stderr: expect.stringContaining('Keys are set already'),
        });
        expect(await readFile(path, 'utf8')).toBe(text);
      }
    },
  );

  it.each([
    ['--jwks', ['--jwks'], {}],
    ['--json', ['--json'], {}],
    ['a key file that is not there', [], { SESSION_ENCRYPTION_KEYS_FILE: 'none' }],
  ])('keygen >> .env adds nothing that sets no variable: %s', async (_, args, env) => {
    const folder = await temporaryFolder();
    for (const text of ['', 'A=1\n']) {
      const path = join(folder, '.env');
      await writeFile(path, text);

      await expect(appendTo(path, ['keygen', ...args], folder, env)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('not a line that sets a variable'),
      });

      expect(await readFile(path, 'utf8')).toBe(text);
    }
    const file = join(folder, 'keys.json');
    await appendTo(file, ['keygen', ...args], folder, env);
    expect(await readFile(file, 'utf8')).not.toBe('');
  });

  it.each([
    ['text', `${oldKey}\n`, []],
    ['a JWK Set', JSON.stringify({ keys: [generateKey({ kid: 'old' }).jwk] }), []],
    ['text that becomes a JWK Set', oldKey, ['--jwks']],
  ])(
    'the lines of the stages name a key file that only the .env file names: %s',
    async (_, keys, args) => {
      const folder = await temporaryFolder();
      const name = "it's $keys.txt";
      await writeFile(join(folder, name), keys);
      await writeFile(join(folder, 'app.env'), `SESSION_ENCRYPTION_KEYS_FILE="${name}"\n`);
      const env = { SESSION_ENCRYPTION_KEYS_FILE: '' };

      const { stdout } = await program.run(
        ['keygen', '--kid', 'next', '--json', '--env-file', 'app.env', ...args],
        { cwd: folder, env },
      );

      const { stages } = JSON.parse(stdout) as { stages: { commands: string[] }[] };
      const rings = [];
      for (const stage of [0, 1, 3]) {
        await execute('sh', ['-c', stages[stage]?.commands.at(-1) ?? ''], {
          cwd: folder,
          env: { PATH: process.env.PATH, ...env },
        });
        rings.push(Keyring.parse(await readFile(join(folder, name), 'utf8')).kids);
      }
      expect(rings).toEqual([['old', 'next'], ['next', 'old'], ['next']]);
    },
  );

  it.each(['.env', '.env.production', 'app.env'])(
    'keygen >> %s adds nothing to keys that it was not told to read',
    async (name) => {
      const folder = await temporaryFolder();
      const path = join(folder, name);
      await writeFile(path, `SESSION_ENCRYPTION_KEYS=${oldKey}`);

      await expect(appendTo(path, ['keygen'], folder)).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('has keys already'),
      });

      expect(await readFile(path, 'utf8')).toBe(`SESSION_ENCRYPTION_KEYS=${oldKey}`);
    },
  );

  it('refuses to print a first key where ./.env has keys that nothing has read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS=${oldKey}\n`);

    for (const args of [[], ['--json'], ['--jwks']]) {
      const { code, stdout, stderr } = await program.run(['keygen', ...args], { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('For a rotation: keygen --env-file .env.');
    }
  });

  it.each([
    ['in the environment', {}, []],
    ['in a .env file', undefined, ['--env-file', '.env']],
  ])('prints the stages into a log that holds something: keys %s', async (_, env, args) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS=${oldKey}\n`);
    const path = join(folder, 'out.log');
    await writeFile(path, 'before\n');

    await appendTo(path, ['keygen', ...args], folder, env && onlyOldKey);

    expect(await readFile(path, 'utf8')).toMatch(/^before\n[\s\S]*^: '1\. [\s\S]*^: '4\. /m);
  });
});

/** Runs the program as `keygen >> path` in a shell. */
function appendTo(path: string, args: readonly string[], cwd: string, env = {}) {
  const main = join(program.folder, 'dist/cli.cjs');
  const script = `exec "$@" >> '${path}'`;
  return execute('sh', ['-c', script, 'sh', process.execPath, main, ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
  });
}
