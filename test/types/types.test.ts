// Compiles the folders beside this file, as an app would, against the declarations that are
// published. `@ts-expect-error` in them marks what must not compile.
import { execFile } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { packedPackage } from '../packed-package.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const declarations = 'node_modules/.cache/type-tests/declarations';

/** Runs a program in the repository; answers what it complains of. */
function run(program: string, ...parameters: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...parameters], { cwd: root }, (error, stdout, stderr) =>
      resolve(error === null ? '' : `${stdout}${stderr}` || error.message),
    );
  });
}

beforeAll(async () => {
  await rm(`${root}${declarations}`, { recursive: true, force: true });
  await cp(join(await packedPackage(), 'dist'), `${root}${declarations}`, { recursive: true });
});

describe.each([
  ['nodenext', 'tsconfig.json'],
  ['bundler', 'tsconfig.bundler.json'],
])('under %s module resolution', (_resolution, config) => {
  test('the types fit every Shopify release, storage, framework and Keyv', async () => {
    expect(await readdir(`${root}test/types`)).toContain('express-8');
    expect(await run('node_modules/typescript/bin/tsc', '-p', `test/types/${config}`)).toBe('');
  });
});
