// What is said when an optional package is missing, or broken, in the words of each runtime and bundler.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PackageMissingError } from '../../src/index.js';
import { installedSessionClass } from '../../src/keyv-session-storage/installed-session.js';
import { functionFrom, loadPackage, useImports } from '../../src/optional-packages/load-package.js';

/** As Node has them. */
function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

const failing = (error: unknown) => ({ 'mysql2/promise': () => Promise.reject(error) });

describe('an optional package', () => {
  it.each([
    [
      'Node, import',
      withCode('ERR_MODULE_NOT_FOUND', "Cannot find package 'mysql2' imported from /app/open.mjs"),
    ],
    [
      'Node, require',
      withCode(
        'MODULE_NOT_FOUND',
        "Cannot find module 'mysql2/promise'\nRequire stack:\n- /app/open.cjs",
      ),
    ],
    ['webpack', withCode('MODULE_NOT_FOUND', "Cannot find module 'mysql2/promise'")],
    ['Jest', withCode('MODULE_NOT_FOUND', "Cannot find module 'mysql2/promise' from 'open.cjs'")],
    [
      'Yarn, Plug’n’Play',
      withCode(
        'MODULE_NOT_FOUND',
        "ours tried to access mysql2 (a peer dependency) but it isn't provided by your application; this makes " +
          'the require call ambiguous and unsound.\n\nRequired package: mysql2 (via "mysql2/promise")\nRequired by: ours',
      ),
    ],
    ['Vite', new Error('Could not resolve "mysql2" imported by "ours". Is it installed?')],
    ['esbuild', new Error('Dynamic require of "mysql2/promise" is not supported')],
    ['Workers', new Error('No such module "mysql2/promise".')],
    ['ncc, ES module', new ReferenceError('require is not defined')],
    [
      'a single executable application with useCodeCache',
      withCode(
        'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING',
        'A dynamic import callback was not specified.',
      ),
    ],
  ])('that is not installed is named with the line that installs it (%s)', async (_name, error) => {
    const loading = loadPackage(failing(error), 'mysql2/promise');
    await expect(loading).rejects.toThrow(PackageMissingError);
    await expect(loading).rejects.toThrow(/(?:npm install|yarn add) mysql2$/);
  });

  it.each([
    [
      'Node, npm install --omit=optional',
      withCode(
        'MODULE_NOT_FOUND',
        "Cannot find module '@libsql/linux-x64-gnu'\nRequire stack:\n- /app/node_modules/libsql/index.js",
      ),
    ],
    [
      'Node, import',
      withCode(
        'ERR_MODULE_NOT_FOUND',
        "Cannot find package '@libsql/linux-x64-gnu' imported from /app/node_modules/libsql/index.js",
      ),
    ],
    ['a bundle', new Error("Cannot find module '@libsql/linux-x64-gnu'")],
  ])('that lacks a package of its own (%s) is said to be so', async (_name, error) => {
    const loading = loadPackage({ libsql: () => Promise.reject(error) }, 'libsql');
    await expect(loading).rejects.toMatchObject({
      code: 'ERR_PACKAGE_MISSING',
      message:
        'The package libsql needs @libsql/linux-x64-gnu, which is not installed. Leave libsql out of the bundle, if there is one, and install it with its optional packages: npm install libsql',
    });
  });

  it.each([
    [
      'lacks a file of its own',
      withCode('MODULE_NOT_FOUND', "Cannot find module './lib/pool.js'\nRequire stack:\n- /app"),
    ],
    [
      'lacks a file of the app',
      withCode('ERR_MODULE_NOT_FOUND', "Cannot find module '/app/a.js' imported from /app/b.js"),
    ],
    ['fails by itself', new TypeError("Cannot read properties of undefined (reading 'mysql2')")],
  ])('that %s is not called missing', async (_name, error) => {
    await expect(loadPackage(failing(error), 'mysql2/promise')).rejects.toBe(error);
  });

  it.each([
    ['esbuild', 'Dynamic require of "events" is not supported'],
    [
      'Rolldown',
      'Calling `require` for "events" in an environment that doesn\'t expose the `require` function. See https://…',
    ],
  ])('that a bundle without require holds (%s) is said to be so', async (_name, message) => {
    await expect(loadPackage(failing(new Error(message)), 'mysql2/promise')).rejects.toMatchObject({
      code: 'ERR_PACKAGE_MISSING',
      message:
        'The package mysql2 was bundled into an ES module, where it has no require. Bundle to CommonJS, give the bundle a require by a banner, or leave mysql2 out of it.',
    });
  });

  it.each([
    ['webpack, import', { default: {} }],
    ['webpack, require', {}],
    ['esbuild', Object.defineProperty({ default: {} }, '__esModule', { value: true })],
    ['Node, import', { default: {}, 'module.exports': {} }],
  ])('that an alias made an empty module (%s) is said to be so', async (_name, exports) => {
    const emptied = { 'mysql2/promise': async () => exports };
    await expect(loadPackage(emptied, 'mysql2/promise')).rejects.toMatchObject({
      code: 'ERR_PACKAGE_MISSING',
      message:
        'In place of the package mysql2 is an empty module, as an alias of the bundler makes it. Remove the alias, and install the package: npm install mysql2',
    });
  });

  it('that is a function without members is not called empty', async () => {
    const Database = () => {};
    for (const exports of [Database, { default: Database }]) {
      await expect(loadPackage({ libsql: async () => exports }, 'libsql')).resolves.toBe(exports);
    }
  });

  it('that sessions are made with may be missing, but not be broken by a bundle', async () => {
    const answering = (error: Error) =>
      useImports({ '@shopify/shopify-api': () => Promise.reject(error) });
    answering(withCode('ERR_MODULE_NOT_FOUND', "Cannot find package '@shopify/shopify-api'"));
    await expect(installedSessionClass()).resolves.toBeUndefined();
    answering(new Error('Dynamic require of "crypto" is not supported'));
    await expect(installedSessionClass()).rejects.toThrow(/bundled into an ES module/);
  });

  it('that sessions are made with, and that Yarn keeps from this package, is warned of once', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => emitWarning.mockRestore());
    const message =
      "ours tried to access @shopify/shopify-api (a peer dependency) but it isn't provided by your application; this " +
      'makes the require call ambiguous and unsound.\n\nRequired package: @shopify/shopify-api\nRequired by: ours';
    useImports({
      '@shopify/shopify-api': () => Promise.reject(withCode('MODULE_NOT_FOUND', message)),
    });
    await expect(installedSessionClass()).resolves.toBeUndefined();
    await expect(installedSessionClass()).resolves.toBeUndefined();
    expect(emitWarning).toHaveBeenCalledOnce();
    expect(emitWarning).toHaveBeenCalledWith(
      expect.stringContaining('yarn add @shopify/shopify-api'),
      { type: 'SessionStorageWarning', code: 'SESSION_CLASS_MISSING' },
    );
  });

  it('of a release without what is needed is to be updated', async () => {
    const old = { redis: async () => ({ default: { create: () => {} } }) };
    expect(await functionFrom(old, 'redis', 'create')).toBeTypeOf('function');
    await expect(functionFrom(old, 'redis', 'createClient')).rejects.toThrow(
      /redis does not export createClient.*npm install redis@latest/,
    );
  });
});
