// Compiles programs of the tests, and what they import: Node 20 does not run TypeScript.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../project-folder.js';

/** Compiled programs, in a folder of their own. */
export interface CompiledPrograms {
  /** Where a source file of the project is compiled: `src/index.ts` for example. */
  path(source: string): string;
  remove(): Promise<void>;
}

/** Compiles source files, named by their paths in the project. */
export async function compilePrograms(...sources: string[]): Promise<CompiledPrograms> {
  // Inside the project, so that imports find its packages and those that only the tests need.
  const cache = join(projectFolder, 'test/node_modules/.cache/session-storage-tests');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'processes-'));
  const config = join(folder, 'tsconfig.json');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(
    config,
    JSON.stringify({
      extends: join(projectFolder, 'tsconfig.json'),
      // `npm run check` checks the types.
      compilerOptions: { noEmit: false, noCheck: true, rootDir: projectFolder, outDir: folder },
      files: sources.map((source) => join(projectFolder, source)),
      include: [],
      exclude: [],
    }),
  );
  const tsc = join(projectFolder, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', config], { cwd: projectFolder });
  return {
    path: (source) => join(folder, source.replace(/\.ts$/, '.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
