// Options that would have no effect in this call, and values that would select nothing, are refused:
// what they did not do would be believed.
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import { bothKeys, sessionNumber, storeOnOldKey, withStore } from './scene.js';

const program = await packedProgram();

const refused = async (args: readonly string[]) => {
  const { code, stdout, stderr } = await program.run(args, { env: bothKeys });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr;
};

describe('refused, as it would have no effect:', () => {
  it.each([
    ['--table with a catalog', ['status', '--catalog', './catalog.mjs', '--table', 'a'], '--table'],
    [
      '--layout with a catalog',
      ['list', '--catalog', './catalog.mjs', '--layout', 'prisma'],
      '--layout',
    ],
    [
      '--to-table with a catalog',
      ['copy', '--from', 'sqlite:a.db', '--to-catalog', './c.mjs', '--to-table', 'a'],
      '--to-table',
    ],
    [
      '--table beside that of the URL',
      ['status', '--store', 'postgres://127.0.0.1:1/a?table=b', '--table', 'c'],
      '--table',
    ],
    [
      '--layout beside the prefix of the URL',
      ['status', '--store', 'redis://127.0.0.1:1?prefix=b', '--layout', 'official'],
      '--layout',
    ],
    [
      '--legacy in mode strict',
      ['rotate', '--store', 'sqlite:a.db', '--legacy', './open-legacy.mjs'],
      '--legacy needs --mode migrate',
    ],
    [
      '--shop of a session in a store',
      ['inspect', 'offline_a', '--store', 'sqlite:a.db', '--shop', 'a.myshopify.com'],
      '--shop',
    ],
    [
      '--field of a session in a store',
      ['inspect', 'offline_a', '--store', 'sqlite:a.db', '--field', 'accessToken'],
      '--field',
    ],
    [
      '--layout of a token by itself',
      ['inspect', 'eyJhbGciOiJkaXIi', '--layout', 'records'],
      '--layout is for a session in a store',
    ],
    [
      '--table of a token by itself',
      ['inspect', 'eyJhbGciOiJkaXIi', '--table', 'app_sessions'],
      '--table is for a session in a store',
    ],
    [
      '--yes-write-plaintext in a mode that writes none',
      ['rotate', '--store', 'sqlite:a.db', '--mode', 'migrate', '--yes-write-plaintext'],
      '--yes-write-plaintext is for mode rollback',
    ],
    [
      'two ids of a session',
      ['inspect', 'offline_a', '--store', 'sqlite:a.db', '--session-id', 'offline_b'],
      'one session',
    ],
  ])('%s', async (_, args, words) => {
    expect(await refused(args)).toContain(words);
  });

  it.each([
    ['status', '--store', 'memory:'],
    ['rotate', '--store', 'sqlite::memory:'],
    ['copy', '--from', 'memory:', '--to', 'sqlite:a.db'],
  ])('the memory of the command itself: %s %s %s', async (...args) => {
    expect(await refused(args)).toContain('which nobody else sees');
  });

  it('a copy into the memory of the command itself, which would be gone with it', async () => {
    const from = await storeOnOldKey(2);
    expect(await refused(['copy', '--from', from, '--to', 'memory:'])).toContain('--to');
  });
});

describe('--shop', () => {
  it.each(['list', 'delete', 'status', 'rotate'])(
    'of %s is the domain as it is stored, and nothing around it',
    async (command) => {
      const url = await storeOnOldKey(2);
      for (const shop of ['https://shop-1.myshopify.com', 'shop-1.myshopify.com/', ' shop-1']) {
        const message = await refused([command, '--store', url, '--shop', shop]);
        expect(message).toContain('such as a.myshopify.com');
        expect(message).not.toContain('shop-1');
      }
    },
  );

  it('of which there is no session: it says that of this part, not of the store', async () => {
    const url = await storeOnOldKey(2);
    for (const part of [
      ['--shop', 'shop-9.myshopify.com'],
      ['--shard', '1000/1000'],
    ]) {
      const { code, stdout } = await program.run(['status', '--store', url, ...part], {
        env: bothKeys,
      });
      expect(code).toBe(1);
      expect(stdout).toContain('No session is in this part of the store (--shop, --shard).');
      expect(stdout).not.toContain('Make sure that this is the store');
    }
  });
});

it('inspect of a token whose field is not known names no field that nobody gave', async () => {
  const from = await storeOnOldKey(1);
  const { id } = sessionNumber(1);
  const token = await withStore(from, async (store) => (await store.loadSession(id))?.accessToken);
  const place = ['--session-id', 'offline_shop-1.myshopify.com', '--shop', 'SHOP-1.myshopify.com'];

  const { code, stdout } = await program.run(['inspect', String(token), ...place], {
    env: bothKeys,
  });

  expect(code).toBe(1);
  expect(stdout).toContain(
    'Session offline_shop-1.myshopify.com: the token was sealed for another session, shop or field',
  );
  expect(stdout).not.toContain('email');
});
