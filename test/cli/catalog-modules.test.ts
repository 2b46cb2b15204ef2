// --catalog takes a module that exports a catalog, in any of the usual ways.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import { bothKeys, temporaryFolder } from './scene.js';

const program = await packedProgram();

const stored = '{ id: "offline_a.myshopify.com", shop: "a.myshopify.com", isOnline: false }';
const body = `{ async *sessions() { yield ${stored}; }, replaceSession: async () => false }`;

/** Runs status in a folder with one file. */
async function statusWith(file: string, content: string, specifier = `./${file}`) {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, file, '..'), { recursive: true });
  await writeFile(join(cwd, file), content);
  return program.run(['status', '--catalog', specifier], { env: bothKeys, cwd });
}

describe('encrypted-sessions --catalog', () => {
  it.each([
    ['a default export', 'c.mjs', `export default ${body};`],
    ['an export named catalog', 'c.mjs', `export const catalog = ${body};`],
    ['a function', 'c.mjs', `export default () => (${body});`],
    ['an async function', 'c.mjs', `export const catalog = async () => (${body});`],
    ['a promise', 'c.mjs', `export default Promise.resolve(${body});`],
    ['a CommonJS module that is the catalog', 'c.cjs', `module.exports = ${body};`],
    ['a CommonJS module with an export named catalog', 'c.cjs', `exports.catalog = ${body};`],
    [
      'a CommonJS module that was an ES module',
      'c.cjs',
      `exports.__esModule = true; exports.default = ${body};`,
    ],
  ])('accepts %s', async (_, file, content) => {
    expect(await statusWith(file, content)).toMatchObject({ code: 0 });
  });

  it('says how to load a module in TypeScript', async () => {
    const { code, stderr } = await statusWith('c.tsx', `export default ${body};`);
    expect(code).toBe(2);
    expect(stderr).toContain('NODE_OPTIONS="--import tsx"');
  });

  it('accepts a package that is installed where the command is run', async () => {
    const file = 'node_modules/our-catalog/index.cjs';
    const cwd = await temporaryFolder();
    await mkdir(join(cwd, file, '..'), { recursive: true });
    await writeFile(join(cwd, file), `module.exports = ${body};`);
    await writeFile(join(cwd, file, '../package.json'), '{"main":"index.cjs"}');

    const outcome = await program.run(['status', '--catalog', 'our-catalog'], {
      env: bothKeys,
      cwd,
    });

    expect(outcome).toMatchObject({ code: 0 });
  });

  it('accepts a path without a leading dot', async () => {
    expect(await statusWith('c.mjs', `export default ${body};`, 'c.mjs')).toMatchObject({
      code: 0,
    });
  });

  it('ends although the catalog keeps the process busy, and closes it', async () => {
    const { code, stdout } = await statusWith(
      'c.mjs',
      `setInterval(() => {}, 1000);
      export default { ...${body}, disconnect: async () => console.log('closed') };`,
    );

    expect(code).toBe(0);
    expect(stdout).toContain('closed');
  });

  it.each([
    ['exports no catalog', 'export default { sessions: 3 };', 'is a session catalog'],
    ['exports nothing', '', 'is a session catalog'],
    ['does not parse', 'export default {', 'cannot be loaded'],
    ['throws', 'throw new Error("postgres://app:hunter2@db:5432/app is down");', 'is down'],
    [
      'has a function that throws',
      'export default () => { throw new Error("no"); };',
      'loaded: no',
    ],
  ])('exits with 2 when the module %s', async (_, content, message) => {
    const { code, stderr } = await statusWith('c.mjs', content);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('hunter2');
  });

  it.each([
    [
      'a storage',
      'class PrismaSessionStorage { storeSession() {} loadSession() {} }; export default new PrismaSessionStorage();',
      'prismaCatalog(prisma), from shopify-app-session-storage-encrypted/prisma',
    ],
    [
      'the wrapper around a storage',
      `class RedisSessionStorage { storeSession() {} loadSession() {} }
      export default { inner: new RedisSessionStorage(), storeSession() {}, loadSession() {} };`,
      'redisCatalog(client), from shopify-app-session-storage-encrypted/redis',
    ],
  ])(
    'exits with 2 when the module exports %s, and says what to export',
    async (_, content, call) => {
      const { code, stderr } = await statusWith('c.mjs', content);

      expect(code).toBe(2);
      expect(stderr).toContain(call);
    },
  );

  it('exits with 2 when there is no such file, and says where it looked from', async () => {
    const { code, stderr } = await statusWith('c.mjs', '', './d.mjs');

    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no such file/i);
  });

  it('exits with 2 when the sessions of a store cannot be listed', async () => {
    const cwd = await temporaryFolder();
    const entry = JSON.stringify(join(program.folder, 'dist/index.mjs'));
    await writeFile(
      join(cwd, 'c.mjs'),
      `import { KeyvSessionStorage } from ${entry};
      const store = { get() {}, set() {}, delete() {} };
      const keyv = { store, get() {}, set() {}, delete() {}, on() {}, async disconnect() {} };
      export default new KeyvSessionStorage(keyv);`,
    );
    for (const args of [
      ['status', '--catalog', './c.mjs'],
      ['rotate', '--catalog', './c.mjs', '--allow-non-atomic'],
      ['list', '--catalog', './c.mjs'],
      ['delete', '--catalog', './c.mjs', '--plaintext'],
      ['copy', '--from-catalog', './c.mjs', '--to', 'sqlite:to.db'],
    ]) {
      const { code, stderr } = await program.run(args, { env: bothKeys, cwd });
      expect(stderr).toContain('The sessions of this store cannot be listed');
      expect(code, args.join(' ')).toBe(2);
    }
  });

  describe('with another copy of the package, as beside a global installation', () => {
    const copied = async (files: Readonly<Record<string, string>>) => {
      const cwd = await temporaryFolder();
      await cp(join(program.folder, 'dist'), join(cwd, 'copy'), { recursive: true });
      for (const [name, content] of Object.entries(files))
        await writeFile(join(cwd, name), content);
      return cwd;
    };

    it('counts and names what that copy cannot read, and goes on', async () => {
      const cwd = await copied({
        'c.mjs': `import { RecordUnreadableError } from './copy/index.mjs';
        async function* sessions() {
          yield ${stored};
          throw new RecordUnreadableError('Session b: its record cannot be read.', { sessionId: 'b' });
        }
        export default { sessions, replaceSession: async () => true };`,
      });

      const { code, stdout, stderr } = await program.run(['rotate', '--catalog', './c.mjs'], {
        env: bothKeys,
        cwd,
      });

      expect(stdout + stderr).toContain('Session b: its record cannot be read.');
      expect(code).toBe(1);
    });

    it('says of a key ring of that copy what to do', async () => {
      const cwd = await copied({
        'c.mjs': `export default ${body};`,
        'k.mjs': `import { Keyring } from './copy/index.mjs'; export default Keyring.generate();`,
      });

      const args = ['status', '--catalog', './c.mjs', '--keyring', './k.mjs'];
      const { code, stderr } = await program.run(args, { cwd });

      expect(stderr).toContain('another copy of this package');
      expect(code).toBe(2);
    });
  });

  it('refuses to write to a store that is not atomic, unless that is allowed', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'c.mjs'), `export default { ...${body}, atomic: false };`);
    const rotate = (...args: string[]) =>
      program.run(['rotate', '--catalog', './c.mjs', ...args], { env: bothKeys, cwd });

    const refused = await rotate();
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--allow-non-atomic');
    expect((await rotate('--dry-run')).code).toBe(0);
    expect((await rotate('--allow-non-atomic')).code).toBe(0);
  });
});
