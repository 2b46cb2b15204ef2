// Packs the package as npm would publish it. Vitest calls this once per run.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { projectsFolder } from './project.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The path of the packed package. */
    tarball: string;
  }
}

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../../', import.meta.url));

export default async function packPackage(vitest: TestProject): Promise<void> {
  await mkdir(projectsFolder, { recursive: true });
  const pack = ['pack', '--json', '--pack-destination', projectsFolder];
  // `prepare` builds it.
  const { stdout } = await execute('npm', pack, {
    cwd: repository,
    shell: process.platform === 'win32',
  });
  const reports = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m)))) as {
    filename: string;
  }[];
  const packed = join(projectsFolder, reports[0]?.filename ?? '');
  // npm takes a tarball of the same name for the one that it has installed already.
  const hash = createHash('sha256')
    .update(await readFile(packed))
    .digest('hex')
    .slice(0, 12);
  const tarball = packed.replace(/\.tgz$/, `-${hash}.tgz`);
  await rename(packed, tarball);
  vitest.provide('tarball', tarball);
}
