// status says how a store stands, writes nothing, and exits non-zero when something is wrong.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  sealedTokenLength,
} from '../../src/index.js';
import { packedProgram } from './program.js';
import {
  bothKeys,
  loadSessions,
  newKey,
  oldKey,
  onlyNewKey,
  onlyOldKey,
  sessionNumber,
  storeOnOldKey,
  temporaryFolder,
  withStore,
} from './scene.js';

const program = await packedProgram();

describe('encrypted-sessions status', () => {
  it('exits with 0 when nothing is wrong, and says what blocks the removal of a key', async () => {
    const url = await storeOnOldKey(3);

    const { code, stdout } = await program.run(['status', '--store', url], { env: bothKeys });

    expect(code).toBe(0);
    expect(stdout).toContain(
      `Store: ${url}, records in table shopify_session_records (compares and swaps across processes)`,
    );
    expect(stdout).toMatch(/^Sessions +3$/m);
    expect(stdout).toMatch(/^Would be re-sealed +3$/m);
    expect(stdout).toMatch(/^ {2}new {2}[0-9a-f]{12} {2}0 sessions: primary, seals$/m);
    expect(stdout).toMatch(
      /old .* 3 sessions: cannot be removed: bring these sessions to the primary key first/,
    );
    expect(await loadSessions(url, 3, oldKey)).toHaveLength(3);
  });

  it('exits with 1 for a store without sessions, which may be the wrong one', async () => {
    const url = await storeOnOldKey(1);
    await withStore(url, (store) => store.deleteSession(sessionNumber(1).id));

    for (const command of ['status', 'rotate']) {
      const { code, stdout } = await program.run([command, '--store', url], { env: bothKeys });

      expect(code).toBe(1);
      expect(stdout).toContain('No session was found. Make sure that this is the store');
      expect(stdout).not.toMatch(/can be removed:|Remove from the key ring/);
      const allowed = await program.run([command, '--store', url, '--allow-empty'], {
        env: bothKeys,
      });
      expect(allowed.code).toBe(0);
    }
  });

  it('does not advise to remove a key that was just added, and does not know whether it was', async () => {
    const url = await storeOnOldKey(2);
    const added = bothKeys.SESSION_ENCRYPTION_KEYS.split(',').reverse().join();
    const env = { SESSION_ENCRYPTION_KEYS: added };

    const { stdout } = await program.run(['status', '--store', url, '--json'], { env });
    const text = (await program.run(['status', '--store', url], { env })).stdout;

    expect(JSON.parse(stdout)).toMatchObject({
      store: url,
      atomic: true,
      scanned: 2,
      current: 2,
      byKid: { old: 2 },
      keys: [
        { kid: 'old', state: 'primary', sessions: 2 },
        { kid: 'new', state: 'unused', sessions: 0 },
      ],
      warnings: [],
    });
    expect(text).toMatch(/new .* 0 sessions: no session needs it: not used yet, or no longer$/m);
    expect(text).toContain('Keep a key that you have added for a rotation that is to come.');
    expect(text).not.toContain('Remove from the key ring');
  });

  it('agrees with rotate in mode rollback: keys are kept', async () => {
    const url = await storeOnOldKey(2);
    const rollback = ['--mode', 'rollback'];
    const run = async (...args: string[]) =>
      (await program.run([...args, '--store', url, ...rollback], { env: bothKeys })).stdout;

    const before = await run('status');
    const rotated = await run('rotate', '--yes-write-plaintext');
    const after = await run('status');

    expect(before).toMatch(/^Would be stored as plaintext +2$/m);
    expect(rotated).toMatch(/^Stored as plaintext +2$/m);
    for (const text of [rotated, after]) {
      expect(text).toMatch(/old .* 0 sessions: no session needs it$/m);
      expect(text).toContain('Keep the keys until no instance of the app');
      expect(text).not.toMatch(/can be removed$|Remove from the key ring|can go/m);
    }
  });

  it("finds that the key ring's key is another one of the same name, and shows its fingerprint", async () => {
    const url = await storeOnOldKey(3);
    const other = generateKey({ kid: 'old' }).text;
    const wrong = { SESSION_ENCRYPTION_KEYS: `${newKey},${other}` };

    const { code, stdout } = await program.run(['status', '--store', url], { env: wrong });

    expect(code).toBe(1);
    const fingerprint = Keyring.parse(other).fingerprint('old');
    expect(stdout).toContain(
      `3 sessions name old, and the key ring's key of that name (fingerprint ${fingerprint}) opens none of it`,
    );
    const json = await program.run(['status', '--store', url, '--json'], { env: wrong });
    const { keys } = JSON.parse(json.stdout) as { keys: { kid: string; opensNothing: boolean }[] };
    expect(keys.filter(({ opensNothing }) => opensNothing).map(({ kid }) => kid)).toEqual(['old']);
    const right = await program.run(['status', '--store', url], { env: bothKeys });
    expect(right.stdout).not.toContain('opens none of it');
  });

  it('shows the age of keys that say when they were made', async () => {
    const url = await storeOnOldKey(1);
    const iat = Math.floor(Date.now() / 1000) - 200 * 86_400;
    const k = oldKey.slice(oldKey.indexOf(':') + 1);
    const old = { kty: 'oct', kid: 'old', k, alg: 'A256GCM', use: 'enc', iat };
    const { iat: _, ...unknown } = generateKey({ kid: 'new' }).jwk;
    const env = { SESSION_ENCRYPTION_KEYS: JSON.stringify({ keys: [old, unknown] }) };

    const { stdout } = await program.run(['status', '--store', url], { env });
    expect(stdout).toMatch(/^ {2}old .* 1 session, 200 days old: primary, seals$/m);
    expect(stdout).toMatch(/^ {2}new .* 0 sessions: /m);
    const json = await program.run(['status', '--store', url, '--json'], { env });
    const { keys } = JSON.parse(json.stdout) as { keys: { created?: string }[] };
    expect(keys.map(({ created }) => created)).toEqual([
      new Date(iat * 1000).toISOString(),
      undefined,
    ]);
  });

  it('shows the same fingerprint for the same key on every machine', async () => {
    const url = await storeOnOldKey(1);
    const fingerprint = async (env: Record<string, string>) => {
      const { stdout } = await program.run(['status', '--store', url, '--json'], { env });
      const { keys } = JSON.parse(stdout) as { keys: { kid: string; fingerprint: string }[] };
      return keys.find(({ kid }) => kid === 'old')?.fingerprint;
    };

    expect(await fingerprint(bothKeys)).toBe(await fingerprint(onlyOldKey));
  });

  it('exits with 1 when a token is plaintext, except in mode rollback', async () => {
    const url = await storeOnOldKey(1);
    await withStore(url, (store) => store.storeSession(sessionNumber(2)));

    const strict = await program.run(['status', '--store', url], { env: bothKeys });
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/^Would stay plaintext +1$/m);
    expect(strict.stdout).toMatch(/^Now with plaintext +1$/m);
    expect(strict.stdout).toContain('rotate --mode migrate');
    expect(strict.stdout).not.toContain('shpat_');

    const rollback = await program.run(['status', '--store', url, '--mode', 'rollback'], {
      env: bothKeys,
    });
    expect(rollback.code).toBe(0);
  });

  it('exits with 1 when a session is unreadable, and names the key it needs', async () => {
    const url = await storeOnOldKey(2);

    const { code, stdout } = await program.run(['status', '--store', url], { env: onlyNewKey });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^Unreadable +2$/m);
    expect(stdout).toMatch(/^ {2}old .*: not in the key ring; add it back/m);
  });

  it('exits with 1 when the catalog has a warning about tokens of the key ring, and says when it is not atomic', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'catalog.mjs'),
      `export const catalog = {
        atomic: false,
        async *sessions() {},
        replaceSession: async () => false,
        warnings: async (length) => [
          { code: 'COLUMN_TOO_SHORT', message: 'A column is too short for ' + length },
        ],
      };`,
    );

    const { code, stdout } = await program.run(['status', '--catalog', './catalog.mjs'], {
      env: bothKeys,
      cwd: folder,
    });

    expect(code).toBe(1);
    expect(stdout).toContain('Store: ./catalog.mjs (not atomic');
    const needed = sealedTokenLength(Keyring.fromEnv(bothKeys));
    expect(stdout).toContain(`Warning: A column is too short for ${needed}`);
  });

  it.each([
    [1, 'Widen it before the app seals.'],
    [2, 'Widen them before the app seals.'],
  ])('says in mode rollback to widen what is too short: %i', async (columns, advice) => {
    const sealed: object[] = [];
    const app = new EncryptedSessionStorage(
      {
        storeSession: async (session: ReturnType<typeof sessionNumber>) =>
          sealed.push({ ...session }) > 0,
        loadSession: async (): Promise<ReturnType<typeof sessionNumber> | undefined> => undefined,
        deleteSession: async () => true,
      },
      { keyring: Keyring.parse(oldKey) },
    );
    await app.storeSession(sessionNumber(1));
    const stored = [...sealed, sessionNumber(2), sessionNumber(3)];
    const folder = await temporaryFolder();
    const entry = pathToFileURL(join(program.folder, 'dist/index.mjs')).href;
    await writeFile(
      join(folder, 'catalog.mjs'),
      `import { ValueTooLongError } from ${JSON.stringify(entry)};
      const limit = { needs: 187, holds: 100, unit: 'characters', remedy: 'ALTER TABLE …;' };
      export const catalog = {
        async *sessions() { yield* ${JSON.stringify(stored)}; },
        replaceSession: async () => false,
        misfits: async (sessions) => sessions.map(({ id }, at) => id.includes('-1.') ? undefined :
          new ValueTooLongError('It is too long.', { sessionId: id },
            [{ column: 'sessions.column' + at % ${columns}, ...limit }])),
      };`,
    );

    const args = ['status', '--mode', 'rollback', '--catalog', './catalog.mjs'];
    const { stdout, stderr } = await program.run(args, { env: bothKeys, cwd: folder });

    expect(stdout, stderr).toContain(advice);
  });
});
