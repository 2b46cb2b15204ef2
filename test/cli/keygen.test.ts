// keygen makes a key; with keys already set, it prints lines that carry a rotation through.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { type Program, packedProgram } from './program.js';
import { bothKeys, newKey, oldKey, temporaryFolder } from './scene.js';

let program: Program;
beforeAll(async () => {
  program = await packedProgram();
});

const execute = promisify(execFile);
const oldJwks = JSON.stringify({ keys: [generateKey({ kid: 'old' }).jwk] });

describe('encrypted-sessions keygen', () => {
  it('prints a line that sets a new key, named for this month', async () => {
    const { code, stdout, stderr } = await program.run(['keygen']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^SESSION_ENCRYPTION_KEYS=\d{4}-\d{2}:[\w-]{43}\n$/);
    const [, keys = ''] = stdout.trim().split('=');
    expect(Keyring.parse(keys).kids).toHaveLength(1);
    expect(stderr).not.toContain(keys.split(':')[1]);
  });

  it('never prints the same key twice', async () => {
    const [one, two] = await Promise.all([program.run(['keygen']), program.run(['keygen'])]);
    expect(one?.stdout).not.toBe(two?.stdout);
  });

  it('--jwks prints a JWK Set alone, as a key file may hold it', async () => {
    const { stdout } = await program.run(['keygen', '--jwks', '--kid', 'k1']);
    expect(Keyring.fromJwks(JSON.parse(stdout)).primary).toBe('k1');
  });

  it('--enc A256CBC-HS512 prints a line that a shell can set', async () => {
    const { stdout } = await program.run(['keygen', '--enc', 'A256CBC-HS512', '--kid', 'k1']);

    const { stdout: value } = await execute('sh', [
      '-c',
      `${stdout}\nprintf %s "$SESSION_ENCRYPTION_KEYS"`,
    ]);
    expect(JSON.parse(value)).toMatchObject({ keys: [{ kid: 'k1', alg: 'A256CBC-HS512' }] });
    expect(Keyring.parse(value).primary).toBe('k1');
  });

  it('--json prints the key in every form, and the stages', async () => {
    const { stdout } = await program.run(['keygen', '--json'], { env: bothKeys });

    const report = JSON.parse(stdout);
    expect(report.jwk).toMatchObject({ kty: 'oct', kid: report.kid, alg: 'A256GCM' });
    expect(Keyring.parse(report.value).primary).toBe(report.kid);
    expect(report.stages).toHaveLength(4);
  });

  it('never prints a key that is set already', async () => {
    for (const args of [[], ['--jwks'], ['--json']]) {
      const { stdout, stderr } = await program.run(['keygen', ...args], { env: bothKeys });
      for (const key of [oldKey, newKey]) {
        expect(stdout + stderr).not.toContain(key.split(':')[1]);
      }
    }
  });

  it('numbers the key where the ring has this month’s already, and refuses a kid that is taken', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const env = { SESSION_ENCRYPTION_KEYS: generateKey({ kid: month }).text };

    const { stdout } = await program.run(['keygen', '--json'], { env });
    expect(JSON.parse(stdout).kid).toBe(`${month}.2`);

    const refused = await program.run(['keygen', '--kid', month], { env });
    expect(refused.code).toBe(2);
  });

  it.each([
    ['text in the environment', 'environment', oldKey, []],
    ['several keys in the environment', 'environment', `${oldKey}, ${newKey}`, []],
    ['a JWK Set in the environment', 'environment', oldJwks, []],
    ['text in the environment that becomes a JWK Set', 'environment', oldKey, ['--jwks']],
    ['another algorithm in the environment', 'environment', oldKey, ['--enc', 'A256CBC-HS512']],
    ['text in a file', 'file', `${oldKey}\n`, []],
    ['several keys in a file', 'file', `${oldKey},\n${newKey}\n`, []],
    ['a JWK Set in a file', 'file', `${oldJwks}\n`, []],
    ['text in a file that becomes a JWK Set', 'file', `${oldKey},\n${newKey}\n`, ['--jwks']],
  ])('the lines of the stages do what they say: %s', async (_, place, keys, args) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'keys');
    await writeFile(path, keys);
    const env: Record<string, string> =
      place === 'file' ? { SESSION_ENCRYPTION_KEYS_FILE: path } : { SESSION_ENCRYPTION_KEYS: keys };
    const { stdout } = await program.run(['keygen', '--kid', 'next', '--json', ...args], { env });
    const { stages } = JSON.parse(stdout) as { stages: { commands: string[] }[] };
    const [add, promote, , remove] = stages.map(({ commands }) => commands.at(-1) ?? '');
    const before = Keyring.parse(keys);

    // One shell for all stages, as each builds on what the one before has set.
    const show = place === 'file' ? `cat "${path}"` : 'printf "%s\\n" "$SESSION_ENCRYPTION_KEYS"';
    const script = [add, promote, remove].flatMap((line) => [line, show, 'echo ----']).join('\n');
    const shell = await execute('sh', ['-euc', script], {
      env: { PATH: process.env.PATH, ...env },
    });

    const rings = shell.stdout
      .split('----\n')
      .slice(0, 3)
      .map((text) => Keyring.parse(text));
    expect(rings.map(({ kids }) => kids)).toEqual([
      [...before.kids, 'next'],
      ['next', ...before.kids],
      ['next'],
    ]);
    for (const kid of before.kids) {
      for (const ring of rings.slice(0, 2)) {
        expect(ring.fingerprint(kid)).toBe(before.fingerprint(kid));
      }
    }
    if (place === 'file')
      expect(Keyring.parse(await readFile(path, 'utf8')).kids).toEqual(['next']);
  });
});
