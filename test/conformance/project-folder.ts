// Where the project is, also seen from its compiled copy: two folders up from here, or more.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findProjectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'vitest.config.ts'))) folder = dirname(folder);
  return folder;
}

/** The folder that holds `package.json`, `src` and `node_modules`. */
export const projectFolder: string = findProjectFolder();
