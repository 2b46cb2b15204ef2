// What README.md says on installing works in an empty folder, with the package as it is published.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Keyring } from '../../src/index.js';
import { createAppFolder } from './app-folder.js';
import { codeBlock } from './documents.js';
import { run } from './run-program.js';

test('install, then keygen prints a line that a key ring is made of', async () => {
  const built = join(await createAppFolder('installing'), 'node_modules', packageName);
  const folder = join(tmpdir(), `installing-${process.pid}`);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'bin'), { recursive: true });
  const inFolder = { cwd: folder, env: process.env };
  const packed = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    ...inFolder,
    cwd: built,
  });
  expect(packed.code, packed.stderr).toBe(0);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  // The package is not on the registry yet: its name stands for what was packed.
  const { code } = codeBlock('install');
  expect(code.trim()).toBe(`npm install ${packageName}`);
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const command = code.replace(packageName, `--prefer-offline --no-audit ./${tarball}`);
  const installed = await run('bash', ['-euc', command], inFolder);
  expect(installed.code, installed.stderr).toBe(0);
  const printed = await run('bash', ['-euc', codeBlock('keygen').code], inFolder);
  expect(printed.code, printed.stderr).toBe(0);
  const [variable = '', keys = ''] = printed.stdout.trim().split('=');
  expect(variable).toBe('SESSION_ENCRYPTION_KEYS');
  expect(Keyring.parse(keys).kids).toHaveLength(1);
});

const packageName = 'shopify-app-session-storage-encrypted';
