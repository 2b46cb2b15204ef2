// rotate takes over a store that another encryption wrote.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import {
  loadSessions,
  newKey,
  onlyNewKey,
  sessionNumber,
  temporaryFolder,
  withStore,
} from './scene.js';

const program = await packedProgram();

/** A store of three sessions, two of them in another encryption, and the module that opens those. */
async function scene(source: string) {
  const folder = await temporaryFolder();
  const url = `sqlite://${join(folder, 'sessions.db')}`;
  const other = (token: string) => `v1:${Buffer.from(token).toString('hex')}`;
  await withStore(url, async (store) => {
    for (const n of [1, 2, 3]) {
      const session = sessionNumber(n);
      const { accessToken, refreshToken } = session;
      const sealed = { accessToken: other(accessToken), refreshToken: other(refreshToken) };
      await store.storeSession(n === 3 ? session : { ...session, ...sealed });
    }
  });
  const module = join(folder, 'legacy.mjs');
  await writeFile(module, source);
  return { url, module };
}

const source = `export const openLegacy = (value, { sessionId, shop, field }) =>
  value.startsWith('v1:') && sessionId && shop && field
    ? Buffer.from(value.slice(3), 'hex').toString()
    : undefined;`;

describe('encrypted-sessions rotate --mode migrate --legacy', () => {
  it.each([
    ['a named export', source],
    ['the default export', source.replace('const openLegacy =', 'default')],
  ])('seals what %s opens, and plaintext tokens beside it', async (_, text) => {
    const { url, module } = await scene(text);

    const { code, stdout } = await program.run(
      ['rotate', '--store', url, '--mode', 'migrate', '--legacy', module],
      { env: onlyNewKey },
    );

    expect(stdout).toMatch(/^Re-sealed +3$/m);
    expect([0, 1]).toContain(code);
    expect(await loadSessions(url, 3, newKey)).toEqual([1, 2, 3].map(sessionNumber));
  });

  it('without --legacy, says that ciphertext is sealed as if it were the token, and the way back leads back', async () => {
    const { url, module } = await scene(source);
    const rotate = (...args: string[]) =>
      program.run(['rotate', '--store', url, ...args], { env: onlyNewKey });

    const seen = await rotate('--mode', 'migrate', '--dry-run');
    expect(seen.code).toBe(0);
    expect(seen.stdout).toContain('If another encryption did, add --legacy');

    const { code, stdout } = await rotate('--mode', 'migrate');
    expect(code).toBe(0);
    expect(stdout).toContain('2 of them do not start as Shopify');
    const [back = '', again = ''] = stdout.match(/(?<=rotate )--mode [^;.]*/g) ?? [];
    expect(back).toContain('rollback');
    expect(await loadSessions(url, 3, newKey)).not.toEqual([1, 2, 3].map(sessionNumber));

    expect((await rotate(...back.split(' '))).code).toBe(0);
    expect((await rotate(...again.replace('MODULE', module).split(' '))).code).toBe(0);
    expect(await loadSessions(url, 3, newKey)).toEqual([1, 2, 3].map(sessionNumber));
  });

  it('refuses a module that exports no function', async () => {
    const { url, module } = await scene('export const openLegacy = "secret";');

    const { code, stderr } = await program.run(
      ['rotate', '--store', url, '--mode', 'migrate', '--legacy', module],
      { env: onlyNewKey },
    );

    expect(code).toBe(2);
    expect(stderr).toContain('--legacy: what the module exports must be a function');
    expect(stderr).not.toContain('secret');
  });
});
