// status says how a store stands, writes nothing, and exits non-zero when something is wrong.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Keyring, sealedTokenLength } from '../../src/index.js';
import { type Program, packedProgram } from './program.js';
import {
  bothKeys,
  loadSessions,
  oldKey,
  onlyNewKey,
  onlyOldKey,
  sessionNumber,
  storeOnOldKey,
  temporaryFolder,
  withStore,
} from './scene.js';

let program: Program;
beforeAll(async () => {
  program = await packedProgram();
});

describe('encrypted-sessions status', () => {
  it('exits with 0 when nothing is wrong, and says what blocks the removal of a key', async () => {
    const url = await storeOnOldKey(3);

    const { code, stdout } = await program.run(['status', '--store', url], { env: bothKeys });

    expect(code).toBe(0);
    expect(stdout).toContain(`Store: ${url} (compares and swaps across processes)`);
    expect(stdout).toMatch(/^Sessions +3$/m);
    expect(stdout).toMatch(/^On other keys +3 {2}\(rotate\)$/m);
    expect(stdout).toMatch(/^ {2}new {2}[0-9a-f]{12} {2}0 sessions: primary, seals$/m);
    expect(stdout).toMatch(/old .* 3 sessions: cannot be removed: re-encrypt these sessions first/);
    expect(await loadSessions(url, 3, oldKey)).toHaveLength(3);
  });

  it('calls no key removable for a store without sessions, which may be the wrong one', async () => {
    const url = await storeOnOldKey(1);
    await withStore(url, (store) => store.deleteSession(sessionNumber(1).id));

    const { code, stdout } = await program.run(['status', '--store', url], { env: bothKeys });

    expect(code).toBe(0);
    expect(stdout).toContain('No session was found. Make sure that this is the store');
    expect(stdout).not.toMatch(/can be removed|Remove from the ring/);
  });

  it('says which keys can be removed', async () => {
    const url = await storeOnOldKey(2);
    const swapped = bothKeys.SESSION_ENCRYPTION_KEYS.split(',').reverse().join();

    const { stdout } = await program.run(['status', '--store', url, '--json'], {
      env: { SESSION_ENCRYPTION_KEYS: swapped },
    });

    expect(JSON.parse(stdout)).toMatchObject({
      store: url,
      atomic: true,
      scanned: 2,
      current: 2,
      byKid: { old: 2 },
      keys: [
        { kid: 'old', primary: true, sessions: 2, removable: false },
        { kid: 'new', primary: false, sessions: 0, removable: true },
      ],
      warnings: [],
    });
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
    expect(strict.stdout).toMatch(/^With plaintext tokens +1$/m);
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
    expect(stdout).toMatch(/^ {2}old .*: not in the ring; add it back/m);
  });

  it('exits with 1 when the catalog has a warning about tokens of the ring, and says when it is not atomic', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'catalog.mjs'),
      `export const catalog = {
        atomic: false,
        async *sessions() {},
        replaceSession: async () => false,
        warnings: async (length) => ['A column is too short for ' + length],
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
});
