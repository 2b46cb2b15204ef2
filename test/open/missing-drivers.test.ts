// In an app that has no driver installed, the first call says so, and how to install it.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectFolder } from '../conformance/project-folder.js';
import { packedPackage } from '../packed-package.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'missing-drivers-'));
  const packages = join(folder, 'node_modules');
  await cp(await packedPackage(), join(packages, 'shopify-app-session-storage-encrypted'), {
    recursive: true,
  });
  await symlink(join(projectFolder, 'node_modules/jose'), join(packages, 'jose'));
  await writeFile(
    join(folder, 'calls.mjs'),
    `import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
    const storage = openSessionStorage(process.argv[2]);
    const calls = [storage.isReady(), storage.loadSession('a'), storage.findSessionsByShop('a')];
    const ended = await Promise.all(calls.map((call) => call.then(String, (error) => error.message)));
    console.log(JSON.stringify(ended));`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Node 22.13 and later have an SQLite of their own.
const hasSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined;

const cases: readonly (readonly [url: string, install: string])[] = [
  ['postgres://localhost:1/app', 'npm install pg'],
  ['mysql://localhost:1/app', 'npm install mysql2'],
  ['redis://localhost:1', 'npm install redis'],
  ...(hasSqlite ? [] : [['sqlite:sessions.db', 'npm install libsql'] as const]),
];

test.each(cases)('%s: every first call rejects with %s', async (url, install) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['calls.mjs', url], {
    cwd: folder,
  });
  for (const ended of JSON.parse(stdout)) expect(ended).toContain(install);
});
