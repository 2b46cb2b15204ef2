// Compiles programs of the tests, and what they import: Node 20 does not run TypeScript.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { projectFolder } from '../project-folder.js';

/** Compiled programs, in a folder of their own. */
export interface CompiledPrograms {
  /** Where a program is that was compiled, named by its source file. */
  path(source: string): string;
  remove(): Promise<void>;
}

/** Compiles programs, named by the paths of their source files in the project. */
export async function compilePrograms(...sources: string[]): Promise<CompiledPrograms> {
  // Inside the project, so that imports find its packages and those that only the tests need.
  const cache = join(projectFolder, 'test/node_modules/.cache/session-storage-tests');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'processes-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const nameOf = (source: string) => source.replace(/\.ts$/, '');
  const programs = await rolldown({
    input: Object.fromEntries(
      sources.map((source) => [nameOf(source), join(projectFolder, source)]),
    ),
    // Packages are found where they are installed.
    external: /^[^./]/,
    platform: 'node',
    tsconfig: false,
  });
  await programs.write({ dir: folder, format: 'esm', entryFileNames: '[name].js' });
  await programs.close();
  return {
    path: (source) => join(folder, `${nameOf(source)}.js`),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
