import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';

const key = generateKey({ kid: 'a' });
const directory = mkdtempSync(join(tmpdir(), 'key-ring-'));
const file = join(directory, 'keys');
writeFileSync(file, `${key.text}\n`);
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe('Keyring.fromEnv', () => {
  it('reads SESSION_ENCRYPTION_KEYS of the process', () => {
    vi.stubEnv('SESSION_ENCRYPTION_KEYS', key.text);
    expect(Keyring.fromEnv().kids).toEqual(['a']);
  });

  it('reads the environment it is given, and then no other', () => {
    vi.stubEnv('SESSION_ENCRYPTION_KEYS', key.text);
    expect(
      Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS: generateKey({ kid: 'b' }).text }).kids,
    ).toEqual(['b']);
    expect(() => Keyring.fromEnv({})).toThrow(/not set/);
  });

  it('reads the file that SESSION_ENCRYPTION_KEYS_FILE names', () => {
    expect(Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS_FILE: file }).kids).toEqual(['a']);
  });

  it('counts an empty variable as not set', () => {
    const env = { SESSION_ENCRYPTION_KEYS: '', SESSION_ENCRYPTION_KEYS_FILE: `${file}\n` };
    expect(Keyring.fromEnv(env).kids).toEqual(['a']);
    expect(() => Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS: ' ' })).toThrow(/keygen/);
  });

  it.each([
    ['SESSION_ENCRYPTION_KEY', 'SESSION_ENCRYPTION_KEYS'],
    ['SESSION_ENCRYPTION_KEY_FILE', 'SESSION_ENCRYPTION_KEYS_FILE'],
  ])('says that %s is misspelt', (wrong, right) => {
    const env: Record<string, string> = { [wrong]: key.text };
    expect(() => Keyring.fromEnv(env)).toThrow(
      new RegExp(`but ${wrong} is: rename it to ${right}$`),
    );
  });

  it('says that only a .env file sets the variable', () => {
    vi.stubEnv('SESSION_ENCRYPTION_KEYS', undefined);
    const before = process.cwd();
    const folder = mkdtempSync(join(tmpdir(), 'env-file-'));
    writeFileSync(join(folder, '.env'), `A=1\nexport SESSION_ENCRYPTION_KEYS=${key.text}\n`);
    process.chdir(folder);
    try {
      expect(() => Keyring.fromEnv()).toThrow(/is set in the file \.env, which nothing has read/);
      vi.stubEnv('SESSION_ENCRYPTION_KEYS', '');
      expect(() => Keyring.fromEnv()).toThrow(
        /is not set: the file \.env sets SESSION_ENCRYPTION_KEYS, but Node .* leave an empty variable/,
      );
      expect(() => Keyring.fromEnv({})).toThrow(
        /^SESSION_ENCRYPTION_KEYS is not set, nor is SESSION_ENCRYPTION_KEYS_FILE; make a key/,
      );
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });

  it.each([5, Buffer.from(key.text), { keys: [key.jwk] }])(
    'refuses a variable that is not text, whatever it would be as text',
    (value) => {
      for (const name of ['SESSION_ENCRYPTION_KEYS', 'SESSION_ENCRYPTION_KEYS_FILE']) {
        expect(() => Keyring.fromEnv({ [name]: value })).toThrow(`${name} is not a string`);
      }
    },
  );

  it('refuses both at once', () => {
    const env = { SESSION_ENCRYPTION_KEYS: key.text, SESSION_ENCRYPTION_KEYS_FILE: file };
    expect(() => Keyring.fromEnv(env)).toThrow(
      'SESSION_ENCRYPTION_KEYS is set, and so is SESSION_ENCRYPTION_KEYS_FILE; unset one of them',
    );
  });

  it('names the variable in its errors', () => {
    expect(() => Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS: 'a:b' })).toThrow(
      /^SESSION_ENCRYPTION_KEYS: key 1 \("a"\)/,
    );
  });

  it('does not repeat keys that were put where the path belongs', () => {
    for (const value of [key.text, `{"keys":[]}`, key.text.slice(2)]) {
      let message = '';
      try {
        Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS_FILE: value });
      } catch (error) {
        message = String(error instanceof Error && error.stack);
      }
      expect(message).toMatch(/SESSION_ENCRYPTION_KEYS_FILE/);
      // A key without its id looks like a path that is not there.
      const isKnown = value !== key.text.slice(2);
      if (isKnown)
        expect(message).toContain('holds keys, not a path; put them in SESSION_ENCRYPTION_KEYS');
      expect(message).not.toContain(key.text.slice(2, 14));
    }
  });
});
