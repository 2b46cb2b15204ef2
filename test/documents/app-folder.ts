// The folder of an app that has this package installed, as a reader of the documents has.
import { chmod, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packedPackage } from '../packed-package.js';
import { repository } from './documents.js';
import { run } from './run-program.js';

const root = fileURLToPath(repository);

/** Runs the compiler; answers what it complains of. */
export async function compile(cwd: string, ...args: string[]): Promise<string> {
  const ended = await run(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), ...args],
    {
      cwd,
    },
  );
  return `${ended.stdout}${ended.stderr}`;
}

/**
 * Makes the folder, empty at first, where the packages that examples use are found above it. Each test file
 * has its own.
 */
export async function createAppFolder(name: string): Promise<string> {
  const folder = join(root, 'test/node_modules/.cache/documents', name);
  const installed = join(folder, 'node_modules/shopify-app-session-storage-encrypted');
  const programs = join(folder, 'node_modules/.bin');
  await rm(folder, { recursive: true, force: true });
  await mkdir(installed, { recursive: true });
  await mkdir(programs);
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  await cp(await packedPackage(), installed, { recursive: true });
  const { bin } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const [program, path] of Object.entries<string>(bin)) {
    await chmod(join(installed, path), 0o755);
    await symlink(join(installed, path), join(programs, program));
  }
  return folder;
}
