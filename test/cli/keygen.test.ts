// keygen makes a key; with keys already set, it prints lines that carry a rotation through.
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { codeBlock } from '../documents/documents.js';
import { packedProgram } from './program.js';
import { bothKeys, newKey, oldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

const execute = promisify(execFile);
const keyNamed = (kid: string) => generateKey({ kid }).text;
const oldJwks = JSON.stringify({ keys: [generateKey({ kid: 'old' }).jwk] });

describe('encrypted-sessions keygen', () => {
  it('prints a line that sets a new key, named for this month and two random characters', async () => {
    const { code, stdout, stderr } = await program.run(['keygen']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^SESSION_ENCRYPTION_KEYS=\d{4}-\d{2}-[a-z2-9]{2}:[\w-]{43}\n$/);
    const [, keys = ''] = stdout.trim().split('=');
    expect(Keyring.parse(keys).kids).toHaveLength(1);
    expect(stderr).not.toContain(keys.split(':')[1]);
  });

  it('says on standard error what the line is for, and what a shell needs', async () => {
    expect((await program.run(['keygen'])).stderr).toContain('In a shell, write export before it.');
    const { stderr } = await program.run(['keygen', '--jwks']);
    expect(stderr).toContain('file that SESSION_ENCRYPTION_KEYS_FILE names');
    expect(stderr).not.toContain('export');
  });

  it.each(['missing', 'empty'])(
    'prints what belongs in the file that SESSION_ENCRYPTION_KEYS_FILE names, where that is %s',
    async (state) => {
      const path = join(await temporaryFolder(), 'keys');
      if (state === 'empty') await writeFile(path, '');
      const env = { SESSION_ENCRYPTION_KEYS_FILE: path };

      const { code, stdout, stderr } = await program.run(['keygen'], { env });

      expect(code, stderr).toBe(0);
      expect(stderr).toContain('If you have keys, correct the path instead.');
      expect(Keyring.parse(stdout).kids).toHaveLength(1);
      await writeFile(path, stdout);
      expect((await program.run(['keys'], { env })).code).toBe(0);
    },
  );

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

  it('titles the stages with lines that do nothing when pasted, in a zsh as well, which takes # for a command', async () => {
    const { stdout } = await program.run(['keygen'], { env: bothKeys });
    expect(stdout).not.toContain('#');
    const titles = stdout.split('\n').filter((line) => line.startsWith(': '));
    expect(titles.map((title) => /^: '([1-4])\. /.exec(title)?.[1])).toEqual(['1', '2', '3', '4']);
    for (const shell of shells) {
      const ended = await execute(shell, ['-c', titles.join('\n')]);
      expect(ended).toEqual({ stdout: '', stderr: '' });
    }
  });

  it('--help shows how to write a key to a file that only you can read, and that is not replaced', async () => {
    const { stdout } = await program.run(['keygen', '--help']);
    const [, first = '', second = ''] = stdout.split('Examples:')[1]?.trim().split('\n') ?? [];
    expect(first.trim()).toBe(codeBlock('keygen-env-file').code.trim());
    expect(second.trim()).toBe(codeBlock('keygen-key-file').code.trim());
  });

  it('never prints a key that is set already', async () => {
    for (const args of [[], ['--jwks'], ['--json']]) {
      const { stdout, stderr } = await program.run(['keygen', ...args], { env: bothKeys });
      for (const key of [oldKey, newKey]) {
        expect(stdout + stderr).not.toContain(key.split(':')[1]);
      }
    }
  });

  it('gives two people who make a key in one month two ids, nearly always', () => {
    const kids = Array.from({ length: 40 }, () => generateKey().kid);
    expect(new Set(kids).size).toBeGreaterThan(30);
  });

  it('refuses a kid that is taken', async () => {
    const refused = await program.run(['keygen', '--kid', 'old'], { env: bothKeys });
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
    ['a key id that ends as the new one does', 'environment', keyNamed('2026-next'), []],
    ['several such ids in a file', 'file', `${oldKey}, ${keyNamed('my.next')}\n`, []],
    ['such an id that becomes a JWK Set', 'environment', keyNamed('2026-next'), ['--jwks']],
    ['a JWK Set in a file', 'file', `${oldJwks}\n`, []],
    ['text in a file that becomes a JWK Set', 'file', `${oldKey},\n${newKey}\n`, ['--jwks']],
    ['a file with a byte order mark', 'file', `\ufeff${oldKey}\r\n`, []],
    ['such a file that becomes a JWK Set', 'file', `\ufeff${oldKey}\r\n`, ['--jwks']],
    ['a JWK Set in such a file', 'file', `\ufeff${oldJwks}\r\n`, []],
  ])('the lines of the stages do what they say: %s', async (_, place, keys, args) => {
    const before = Keyring.parse(keys);
    for (const shell of shells) {
      const rotation = await prepare(place, keys, args);
      const rings = [];
      for (const line of rotation.lines) rings.push(Keyring.parse(await rotation.run(shell, line)));

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
    }
  });

  it.each([
    ['text in the environment', 'environment', oldKey, []],
    ['a JWK Set in the environment', 'environment', oldJwks, []],
    ['text in a file', 'file', `${oldKey}\n`, []],
    ['a JWK Set in a file', 'file', `${oldJwks}\n`, []],
  ])(
    'a line that is run too early, twice, or without the variable changes nothing: %s',
    async (_, place, keys, args) => {
      for (const shell of shells) {
        const rotation = await prepare(place, keys, args);
        const [add = '', promote = '', remove = ''] = rotation.lines;
        const expectRefusal = async (line: string, env?: Record<string, string>) => {
          const before = await rotation.kept();
          await expect(rotation.run(shell, line, env)).rejects.toThrow();
          expect(await rotation.kept()).toBe(before);
        };
        await expectRefusal(remove);
        await expectRefusal(promote);
        for (const line of rotation.lines) await expectRefusal(line, {});
        await rotation.run(shell, add);
        await expectRefusal(remove);
        await expectRefusal(add);
        await rotation.run(shell, promote);
        await expectRefusal(promote);
        await expectRefusal(add);
        // A key that somebody else has added in between stays.
        const other = generateKey({ kid: 'other' });
        if (!keys.startsWith('{')) {
          await rotation.keep(
            `${oldKey},next:${(await rotation.kept()).match(/next:([\w-]+)/)?.[1]},${other.text}`,
          );
          await expectRefusal(promote);
          // However the line that has it was laid out by hand.
          for (const space of ['', ' ', '\n', '\t']) {
            await rotation.keep(`${oldKey},${space}next:${other.text.slice(-43)}`);
            await expectRefusal(add);
            await rotation.keep(`${space}next:${other.text.slice(-43)}`);
            await expectRefusal(add);
          }
        }
      }
    },
  );
});

/** The shells of this machine that the lines are for; dash once where it is what sh is. */
const shells = ['bash', 'zsh', 'sh', 'dash'].filter(
  (shell) =>
    programPath(shell) !== undefined &&
    (shell !== 'dash' || programPath('sh') !== programPath(shell)),
);

function programPath(name: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(':').map((folder) => join(folder, name));
  const path = paths.find((candidate) => existsSync(candidate));
  return path && realpathSync(path);
}

/** A key ring in the environment or in a file, and the lines that keygen prints for it. */
async function prepare(place: string, keys: string, args: readonly string[]) {
  const folder = await temporaryFolder();
  const path = join(folder, 'keys');
  const name = place === 'file' ? 'SESSION_ENCRYPTION_KEYS_FILE' : 'SESSION_ENCRYPTION_KEYS';
  if (place === 'file') await writeFile(path, keys);
  let current = keys;
  const environment = () => ({ [name]: place === 'file' ? path : current });
  const { stdout } = await program.run(['keygen', '--kid', 'next', '--json', ...args], {
    env: environment(),
  });
  const { stages } = JSON.parse(stdout) as { stages: { commands: string[] }[] };
  const kept = async () => (place === 'file' ? readFile(path, 'utf8') : current);
  return {
    lines: [0, 1, 3].map((stage) => stages[stage]?.commands.at(-1) ?? ''),
    kept,
    keep: async (text: string) => {
      if (place === 'file') await writeFile(path, text);
      else current = text;
    },
    /** Runs one line in a new shell, and answers the key ring as it is then. */
    async run(shell: string, line: string, env: Record<string, string> = environment()) {
      const show = place === 'file' ? ':' : 'printf "%s" "$SESSION_ENCRYPTION_KEYS"';
      const ended = await execute(shell, ['-c', `${line}\ncode=$?\n${show}\nexit $code`], {
        // A bash that node starts would read ~/.bashrc.
        env: { PATH: process.env.PATH, HOME: folder, ...env },
      });
      if (place !== 'file') current = ended.stdout;
      return kept();
    },
  };
}
