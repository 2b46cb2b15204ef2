// Where the server programs are: on PATH, or where Debian and Homebrew keep those that are not.
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of the first of `names` that is installed, or `undefined`. */
export function findProgram(...names: string[]): string | undefined {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...path, '/usr/sbin', '/usr/local/sbin', ...postgresFolders()];
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Debian keeps `initdb` and `postgres` out of PATH. Newest version first. */
function postgresFolders(): string[] {
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((root) =>
    versions(root, /^postgresql@(\d+)$/).map((version) => join(root, version, 'bin')),
  );
  const debian = versions('/usr/lib/postgresql', /^(\d+)$/).map((version) =>
    join('/usr/lib/postgresql', version, 'bin'),
  );
  return [...debian, ...homebrew];
}

function versions(root: string, pattern: RegExp): string[] {
  try {
    const number = (name: string) => Number(pattern.exec(name)?.[1]);
    return readdirSync(root)
      .filter((name) => pattern.test(name))
      .sort((a, b) => number(b) - number(a));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
