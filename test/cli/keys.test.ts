// keys lists the key ring; --keyring and --env-file say where it comes from.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateKey, Keyring } from '../../src/index.js';
import { packedProgram } from './program.js';
import {
  bothKeys,
  newKey,
  oldKey,
  onlyOldKey,
  storeOnOldKey,
  storeSessions,
  temporaryFolder,
} from './scene.js';

const program = await packedProgram();

/** A key ring whose keys were made so many days ago. */
function ringOfAge(...ages: (number | undefined)[]): string {
  const keys = ages.map((days, index) => {
    const { iat: _, ...jwk } = generateKey({ kid: `k${index}` }).jwk;
    return days === undefined
      ? jwk
      : { ...jwk, iat: Math.floor(Date.now() / 1000) - days * 86_400 };
  });
  return JSON.stringify({ keys });
}

describe('keys', () => {
  it('lists id, fingerprint, algorithm, age and use, and no key', async () => {
    const env = { SESSION_ENCRYPTION_KEYS: ringOfAge(200, undefined, 1) };
    const { code, stdout } = await program.run(['keys'], { env });

    const ring = Keyring.parse(env.SESSION_ENCRYPTION_KEYS);
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `k0  ${ring.fingerprint('k0')}  A256GCM        200 days     primary, seals`,
        `k1  ${ring.fingerprint('k1')}  A256GCM        age unknown  opens only`,
        `k2  ${ring.fingerprint('k2')}  A256GCM        1 day        opens only\n`,
      ].join('\n'),
    );
    for (const { k } of JSON.parse(env.SESSION_ENCRYPTION_KEYS).keys)
      expect(stdout).not.toContain(k);
  });

  it('--json has the same', async () => {
    const { stdout } = await program.run(['keys', '--json'], { env: bothKeys });
    expect(JSON.parse(stdout)).toEqual({
      keys: ['new', 'old'].map((kid, index) => ({
        kid,
        fingerprint: Keyring.parse(bothKeys.SESSION_ENCRYPTION_KEYS).fingerprint(kid),
        algorithm: 'A256GCM',
        primary: index === 0,
      })),
    });
  });

  it.each([
    [
      'a primary key that is older',
      ringOfAge(181),
      1,
      /k0 is 181 days old, more than 180: rotate it/,
    ],
    ['a primary key that is as old', ringOfAge(179.9), 0, /primary, seals\n$/],
    [
      'a primary key of the future',
      ringOfAge(-3),
      1,
      /age unknown +primary.*\nThe "iat" of the primary key k0/,
    ],
    ['a primary key of a clock that is ahead', ringOfAge(-0.5), 0, /0 days +primary, seals\n$/],
    ['another key that is older', ringOfAge(1, 500), 0, /opens only\n$/],
    [
      'a primary key whose age nothing says',
      oldKey,
      1,
      /Nothing says how old the primary key old is/,
    ],
  ])('--max-age 180d: %s', async (_, keys, exitCode, message) => {
    const env = { SESSION_ENCRYPTION_KEYS: keys };
    const { code, stdout } = await program.run(['keys', '--max-age', '180d'], { env });
    expect(code).toBe(exitCode);
    expect(stdout).toMatch(message);
  });
});

describe('--keyring', () => {
  it.each([
    ['exports it', (ring: string) => `export const keyring = ${ring};`],
    ['exports it by default', (ring: string) => `export default ${ring};`],
    ['exports a function', (ring: string) => `export default async () => ${ring};`],
    [
      'loads it',
      (ring: string) =>
        `export const keyring = await Keyring.fromSource(async () => ${JSON.stringify(newKey)}); void ${ring};`,
    ],
  ])('takes the key ring of a module that %s', async (_, source) => {
    const folder = await temporaryFolder();
    const entry = JSON.stringify(join(program.folder, 'dist/index.mjs'));
    const ring = `Keyring.parse(${JSON.stringify(newKey)})`;
    await writeFile(
      join(folder, 'keyring.mjs'),
      `import { Keyring } from ${entry};\n${source(ring)}`,
    );

    const ended = await program.run(['keys', '--keyring', './keyring.mjs'], { cwd: folder });

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^new {2}/);
  });

  it('refuses a module that exports something else', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'keyring.mjs'), `export default { kids: [] };`);
    const { code, stderr } = await program.run(['keys', '--keyring', './keyring.mjs'], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/neither the export "keyring" nor the default export is a Keyring/);
  });

  it('serves status', async () => {
    const store = await storeOnOldKey(2);
    const folder = await temporaryFolder();
    const entry = JSON.stringify(join(program.folder, 'dist/index.mjs'));
    const keys = JSON.stringify(`${newKey},${oldKey}`);
    await writeFile(
      join(folder, 'keyring.mjs'),
      `import { Keyring } from ${entry}; export default Keyring.parse(${keys});`,
    );
    const ended = await program.run(['status', '--store', store, '--keyring', './keyring.mjs'], {
      cwd: folder,
    });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/old .* 2 sessions/);
  });
});

describe('--env-file', () => {
  it('sets variables that are not set', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS="${oldKey}"\n`);
    const args = ['keys', '--env-file', '.env'];
    expect((await program.run(args, { cwd: folder })).stdout).toMatch(/^old {2}/);
    const env = { SESSION_ENCRYPTION_KEYS: newKey };
    expect((await program.run(args, { cwd: folder, env })).stdout).toMatch(/^new {2}/);
  });

  it.each(['', ' '])('sets a variable that is empty: "%s"', async (empty) => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'prod.env'),
      `SESSION_ENCRYPTION_KEYS=${oldKey}\nSESSION_STORE_URL=${await storeOnOldKey(2)}\n`,
    );
    const env = { SESSION_ENCRYPTION_KEYS: empty, SESSION_STORE_URL: empty };
    const run = (...args: string[]) =>
      program.run([...args, '--env-file', 'prod.env'], { cwd: folder, env });

    expect((await run('keys')).stdout).toMatch(/^old {2}/);
    const status = await run('status', '--store', 'env:SESSION_STORE_URL');
    expect(status.stdout).toMatch(/old .* 2 sessions/);
    const keygen = await run('keygen');
    expect(keygen.stdout).toMatch(/^: '1\. /);
    expect(keygen.stdout).toContain('the value of SESSION_ENCRYPTION_KEYS in the file');
  });

  it('is not suggested again where it named a file that lacks the variable', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'prod.env'), 'A=1\n');
    const run = (args: string[], env = {}) =>
      program.run([...args, '--env-file', 'prod.env'], { cwd: folder, env });
    const status = () => run(['status', '--store', 'env:URL'], bothKeys);

    expect((await status()).stderr).toContain(
      'URL is not set, nor is it in the file that --env-file names.',
    );
    await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS=${oldKey}\nURL=sqlite:a.db\n`);
    for (const { code, stderr } of [await run(['keys']), await status()]) {
      expect(code).toBe(2);
      expect(stderr).toContain('set in the file .env, but not in the one that --env-file names');
    }
  });

  it('is suggested where ./.env has the keys, once the store is named', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.env'), `SESSION_ENCRYPTION_KEYS="${oldKey}"\n`);
    for (const args of [['keys'], ['status', '--store', await storeOnOldKey(1)]]) {
      const { code, stderr } = await program.run(args, { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('add --env-file .env');
    }
    for (const command of ['status', 'rotate', 'list', 'delete']) {
      const { code, stderr } = await program.run([command], { cwd: folder });
      expect(code).toBe(2);
      expect(stderr).toContain('Name the store');
    }
  });
});

describe('status as a gate', () => {
  it('--expect-primary fails while a session is on another key', async () => {
    const store = await storeOnOldKey(3);
    const args = ['status', '--store', store, '--expect-primary'];
    expect((await program.run(args.slice(0, -1), { env: bothKeys })).code).toBe(0);
    const before = await program.run(args, { env: bothKeys });
    expect(before.code).toBe(1);
    expect(before.stdout).toContain('Not all is on the primary key');
    const json = await program.run([...args, '--json'], { env: bothKeys });
    expect(JSON.parse(json.stdout)).toMatchObject({ allOnPrimary: false });
    expect((await program.run(['rotate', '--store', store], { env: bothKeys })).code).toBe(0);
    expect((await program.run(args, { env: bothKeys })).code).toBe(0);
  });

  it('--expect-primary fails while a token is plaintext, in every mode', async () => {
    const store = await storeOnOldKey(1);
    await storeSessions(store, 1);
    for (const mode of ['strict', 'migrate', 'rollback']) {
      const args = ['status', '--store', store, '--expect-primary', '--mode', mode];
      const { code, stdout } = await program.run(args, { env: bothKeys });
      expect(code).toBe(1);
      expect(stdout).toContain('Not all is on the primary key');
      const json = await program.run([...args, '--json'], { env: bothKeys });
      expect(JSON.parse(json.stdout)).toMatchObject({ allOnPrimary: false });
    }
  });

  it('--expect-primary says that all is on the primary key only where all was seen', async () => {
    const path = join(await temporaryFolder(), 'catalog.mjs');
    await writeFile(
      path,
      `const ended = async function* () {
         yield { id: 'offline_a', shop: 'a.myshopify.com', isOnline: false };
         throw new Error('It ended.');
       };
       const catalogs = { ended, empty: async function* () {} };
       export default { sessions: catalogs[process.env.SESSIONS], replaceSession: async () => true };`,
    );
    const store = await storeOnOldKey(2);
    const allOnPrimary = async (source: readonly string[], sessions = '') => {
      const args = ['status', ...source, '--expect-primary', '--json'];
      const { stdout } = await program.run(args, { env: { ...onlyOldKey, SESSIONS: sessions } });
      return JSON.parse(stdout).allOnPrimary;
    };

    expect(await allOnPrimary(['--store', store])).toBe(true);
    expect(await allOnPrimary(['--store', store, '--shard', '1/1'])).toBeUndefined();
    expect(await allOnPrimary(['--catalog', path], 'ended')).toBeUndefined();
    expect(await allOnPrimary(['--catalog', path, '--allow-empty'], 'empty')).toBeUndefined();
  });

  it('--max-age fails when the primary key is older', async () => {
    const store = await storeOnOldKey(1);
    const { code, stdout } = await program.run(['status', '--store', store, '--max-age', '90d'], {
      env: bothKeys,
    });
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing says how old the primary key new is');
    const json = await program.run(['status', '--store', store, '--max-age', '90d', '--json'], {
      env: bothKeys,
    });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout).ageFinding).toContain('Nothing says how old the primary key');
  });
});
