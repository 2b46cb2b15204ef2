// The package as npm packs it, built once from the sources as they are now, for every test that needs it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from './conformance/project-folder.js';

const execute = promisify(execFile);

/** The folder of the unpacked package. */
export async function packedPackage(): Promise<string> {
  // Inside the project, so that imports find its packages.
  const cache = join(projectFolder, 'node_modules/.cache/session-storage-tests');
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `packed-${await sourceHash()}`);
  if (!existsSync(folder)) await pack(cache, folder);
  return join(folder, 'package');
}

async function pack(cache: string, folder: string): Promise<void> {
  const work = await mkdtemp(join(cache, 'packing-'));
  try {
    await cp(join(projectFolder, 'package.json'), join(work, 'package.json'));
    const build = ['packaging/build.js', '--out', join(work, 'dist')];
    await execute(process.execPath, build, { cwd: projectFolder });
    await execute('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: work });
    const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz'));
    await execute('tar', ['-xzf', String(tarball)], { cwd: work });
    // The first one wins; the others have packed the same.
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Changes with every source file, so that what runs is never older than what is tested. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const folders = ['src', 'packaging'].map(async (folder) => {
    const names = await readdir(join(projectFolder, folder), { recursive: true });
    return names.filter((name) => /\.[jt]s$/.test(name)).map((name) => join(folder, name));
  });
  const sources = (await Promise.all(folders)).flat();
  for (const name of [...sources.sort(), 'package.json']) {
    hash.update(`${name}\n`).update(await readFile(join(projectFolder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
