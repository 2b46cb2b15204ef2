// list and delete select sessions by key, shop, plaintext and unreadable; never a token.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { type Program, packedProgram } from './program.js';
import {
  bothKeys,
  newKey,
  oldKey,
  onlyNewKey,
  sessionNumber,
  storeOnOldKey,
  temporaryFolder,
  withStore,
} from './scene.js';

let program: Program;
let folder: string;
let url: string;

beforeAll(async () => {
  program = await packedProgram();
});

/** Sessions 1 and 2 are on the new key, 3 and 4 on the old one, 5 is plaintext, 6 is damaged. */
beforeEach(async () => {
  folder = await temporaryFolder();
  url = `sqlite:${join(folder, 'sessions.db')}`;
  await withStore(url, async (store) => {
    for (const [keys, numbers] of [
      [newKey, [1, 2]],
      [oldKey, [3, 4, 6]],
    ] as const) {
      const app = new EncryptedSessionStorage(store, {
        keyring: Keyring.parse(keys),
        mode: 'strict',
      });
      for (const number of numbers) await app.storeSession(sessionNumber(number));
    }
    await store.storeSession(sessionNumber(5));
    const damaged = await store.loadSession(sessionNumber(6).id);
    if (damaged === undefined) throw new Error('It is not stored.');
    damaged.accessToken = `${damaged.accessToken.slice(0, -4)}AAAA`;
    await store.storeSession(damaged);
  });
});

const idsOf = (numbers: readonly number[]) => numbers.map((number) => sessionNumber(number).id);
const idsIn = (stdout: string) =>
  [...stdout.matchAll(/offline_shop-\d+\.myshopify\.com/g)].map(String).sort();

const selections: [name: string, args: string[], env: Record<string, string>, numbers: number[]][] =
  [
    ['by key', ['--kid', 'old'], bothKeys, [3, 4, 6]],
    ['by a key that is not in the key ring', ['--kid', 'old'], onlyNewKey, [3, 4, 6]],
    ['by shop', ['--shop', 'SHOP-2.myshopify.com'], bothKeys, [2]],
    ['by session id', ['--session-id', sessionNumber(2).id], bothKeys, [2]],
    ['by plaintext', ['--plaintext'], bothKeys, [5]],
    ['by unreadable', ['--unreadable'], bothKeys, [6]],
    ['by unreadable, without the old key', ['--unreadable'], onlyNewKey, [3, 4, 6]],
    ['by two at once', ['--kid', 'old', '--unreadable'], bothKeys, [6]],
    ['by what no session is', ['--kid', 'none'], bothKeys, []],
  ];

describe('list', () => {
  it.each([
    ['everything', [], bothKeys, [1, 2, 3, 4, 5, 6]] as (typeof selections)[number],
    ...selections,
  ])('lists %s', async (_, args, env, numbers) => {
    const { code, stdout, stderr } = await program.run(['list', '--store', url, ...args], { env });
    expect(code, stderr).toBe(0);
    expect(idsIn(stdout)).toEqual(idsOf(numbers));
    expect(stderr).toContain(`${numbers.length} of 6 sessions.`);
    expect(stdout + stderr).not.toMatch(/shp(at|rt)_|eyJhbGci/);
  });

  it('shows id, shop, key and state in lines, CSV and JSON', async () => {
    const run = (...args: string[]) =>
      program.run(['list', '--store', url, ...args], { env: bothKeys });
    const { id, shop } = sessionNumber(6);

    expect((await run('--unreadable')).stdout).toBe(
      `${id}  ${shop}  old  unreadable  ERR_TOKEN_UNREADABLE\n`,
    );
    expect((await run('--plaintext')).stdout).toMatch(/ {2}- {2}plaintext\n$/);
    expect((await run('--unreadable', '--csv')).stdout).toBe(
      `id,shop,online,expires,kids,state,codes\n"${id}","${shop}","false","","old","unreadable","ERR_TOKEN_UNREADABLE"\n`,
    );
    expect(JSON.parse((await run('--unreadable', '--json')).stdout)).toEqual([
      {
        id,
        shop,
        online: false,
        kids: ['old'],
        state: 'unreadable',
        codes: ['ERR_TOKEN_UNREADABLE'],
      },
    ]);
    expect(JSON.parse((await run('--kid', 'none', '--json')).stdout)).toEqual([]);
    expect(JSON.parse((await run('--json')).stdout)).toHaveLength(6);
  });

  it('writes no cell that a spreadsheet would run, and each value can be had back', async () => {
    const ids = [
      '=1+1',
      '+1',
      '-1+1',
      '@a',
      '＝1',
      "'=1",
      "'",
      '\t=1',
      '\r=1',
      'a=1',
      '"=1',
      'a;=1;',
    ];
    const odd = `sqlite:${join(folder, 'odd.db')}`;
    await withStore(odd, async (store) => {
      for (const id of ids) await store.storeSession({ ...sessionNumber(1), id });
    });
    const run = (form: string) => program.run(['list', '--store', odd, form], { env: bothKeys });
    const rows = (await run('--csv')).stdout.trim().split('\n').slice(1);
    const cells = rows.map((row) => /^"((?:[^"]|"")*)"/.exec(row)?.[1]?.replaceAll('""', '"'));

    expect(cells).toHaveLength(ids.length);
    for (const cell of cells) expect(cell).not.toMatch(/(?:^|[;\t\r])[=+\-@＝＋－＠\t\r]/);
    const back = cells.map((cell = '') =>
      JSON.parse(`"${cell.replace(/^'/, '').replace('"', '\\"')}"`),
    );
    expect(back.sort()).toEqual([...ids].sort());
    const exact: { id: string }[] = JSON.parse((await run('--json')).stdout);
    expect(exact.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it.each(['list', 'delete', 'inspect'])(
    '%s names the store on standard error',
    async (command) => {
      const { id } = sessionNumber(1);
      const status = await program.run(['status', '--store', url], { env: bothKeys });
      const [, name = ''] = /^Store: (.+) \(/.exec(status.stdout) ?? [];
      const forms = command === 'inspect' ? [[], ['--json']] : [[], ['--csv'], ['--json']];
      for (const form of forms) {
        const args = [command, '--store', url, '--session-id', id, ...form];
        const { code, stdout, stderr } = await program.run(args, { env: bothKeys });

        expect(code, stderr).toBe(0);
        expect(stderr).toMatch(/^Store: /);
        expect(stderr).toContain(`Store: ${name}\n`);
        expect(stdout).not.toContain('Store:');
        const isList = command !== 'inspect' && form.length === 0;
        expect(stderr.includes('\nid  shop  keys  state\n')).toBe(isList);
        if (isList) expect(stdout).toBe(`${id}  ${sessionNumber(1).shop}  new  sealed\n`);
      }
    },
  );

  it('of an empty store is a finding', async () => {
    const empty = await storeOnOldKey(1);
    const { id } = sessionNumber(1);
    await withStore(empty, (store) => store.deleteSession(id));
    const args = ['list', '--store', empty];
    expect((await program.run(args, { env: bothKeys })).code).toBe(1);
    expect((await program.run([...args, '--allow-empty'], { env: bothKeys })).code).toBe(0);
  });
});

const stored = () =>
  withStore(url, async (store) => {
    const ids: string[] = [];
    for await (const { id } of store.sessions()) ids.push(id);
    return ids.sort();
  });

describe('where nothing is selected, list and delete', () => {
  it.each(['list', 'delete'])('%s says why it may be so', async (command) => {
    const run = (...args: string[]) =>
      program.run([command, '--store', url, ...args], { env: bothKeys });

    expect((await run('--shop', 'shop-4')).stderr).toContain(
      'No session has this shop. Shops are stored as shop-4.myshopify.com.',
    );
    expect((await run('--kid', 'none')).stderr).toContain('The key ring has no key none.');
    expect((await run('--shop', 'shop-4.myshopify.com')).stderr).not.toContain('Shops are stored');
  });
});

describe('delete', () => {
  it('--dry-run removes nothing, with --yes too', async () => {
    const args = ['delete', '--store', url, '--plaintext', '--dry-run'];
    for (const [more, change] of [
      [[], 'leave out --dry-run and add --yes'],
      [['--yes'], 'leave out --dry-run'],
    ] as const) {
      const { code, stderr } = await program.run([...args, ...more], { env: bothKeys });
      expect(code).toBe(0);
      expect(stderr).toContain(`1 of 6 sessions would be removed; ${change} to do that.`);
    }
    expect(await stored()).toHaveLength(6);
  });

  it('names an option that only another command has', async () => {
    const { code, stderr } = await program.run(['delete', '--store', url, '--rate', '5']);
    expect(code).toBe(2);
    expect(stderr).toContain('delete has no option --rate.');
  });

  it.each(selections)(
    '%s: lists without --yes, removes with it, and nothing else',
    async (_, args, env, numbers) => {
      const before = await stored();
      const dry = await program.run(['delete', '--store', url, ...args], { env });
      expect(dry.code, dry.stderr).toBe(0);
      expect(idsIn(dry.stdout)).toEqual(idsOf(numbers));
      expect(dry.stderr).toMatch(
        numbers.length === 0 ? /^0 of \d+ sessions would be removed\.$/m : /removed; add --yes/,
      );
      const warns = args.includes('--unreadable') && numbers.length > 0;
      expect(dry.stderr.includes('If a key is only missing here, add it')).toBe(warns);
      expect(await stored()).toEqual(before);

      const real = await program.run(['delete', '--store', url, ...args, '--yes'], { env });
      expect(real.code, real.stderr).toBe(0);
      expect(idsIn(real.stdout)).toEqual(idsOf(numbers));
      expect(await stored()).toEqual(before.filter((id) => !idsOf(numbers).includes(id)));
      expect(real.stdout + real.stderr).not.toMatch(/shp(at|rt)_|eyJhbGci/);
    },
  );

  it('keeps the index of each shop right', async () => {
    await program.run(['delete', '--store', url, '--kid', 'old', '--yes'], { env: bothKeys });
    await withStore(url, async (store) => {
      expect(await store.findSessionsByShop(sessionNumber(3).shop)).toEqual([]);
      expect(await store.findSessionsByShop(sessionNumber(1).shop)).toHaveLength(1);
    });
  });

  it('looks again at a session that the app changes, and leaves it when it is no longer selected', async () => {
    // A catalog whose sessions are stored again, under the new key, just before they are removed.
    const entry = JSON.stringify(join(program.folder, 'dist/index.mjs'));
    const open = JSON.stringify(join(program.folder, 'dist/open.mjs'));
    await writeFile(
      join(folder, 'changing.mjs'),
      `import { EncryptedSessionStorage, Keyring } from ${entry};
       import { openSessionStorage } from ${open};
       const store = openSessionStorage(${JSON.stringify(url)}, { Session: class {} });
       const app = new EncryptedSessionStorage(store, { keyring: Keyring.fromEnv(), mode: 'strict' });
       export default {
         sessions: () => store.sessions(),
         replaceSession: () => false,
         loadSession: (id) => store.loadSession(id),
         async removeSession(current) {
           await app.storeSession(await app.loadSession(current.id));
           return store.removeSession(current);
         },
         disconnect: () => store.disconnect(),
       };`,
    );
    const before = await stored();
    const args = [
      'delete',
      '--catalog',
      './changing.mjs',
      '--kid',
      'old',
      '--shop',
      sessionNumber(3).shop,
      '--yes',
    ];
    const { code, stdout, stderr } = await program.run(args, { env: bothKeys, cwd: folder });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' });
    expect(await stored()).toEqual(before);
  });

  it('refuses a catalog that cannot remove only what is as it was seen', async () => {
    await writeFile(
      join(folder, 'plain.mjs'),
      'export default { async *sessions() {}, replaceSession: () => true };',
    );
    const args = ['delete', '--catalog', './plain.mjs', '--unreadable', '--yes'];
    const { code, stderr } = await program.run(args, { env: bothKeys, cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('has no removeSession');
  });
});
