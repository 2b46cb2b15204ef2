// How large a package is on the disk, with everything that it makes npm install.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The room that a package takes with all that it depends on. Bytes as the files have them. */
export interface SizeResult {
  readonly package: string;
  readonly bytes: number;
  readonly packages: number;
}

/** @param from The folder that the package is looked for from. */
export function installedSize(name: string, from: string): SizeResult {
  const folders = new Set<string>();
  collect(name, from, folders);
  const bytes = [...folders].reduce((sum, folder) => sum + bytesIn(folder), 0);
  return { package: name, bytes, packages: folders.size };
}

function collect(name: string, from: string, folders: Set<string>): void {
  const folder = realpathSync(find(name, from));
  if (folders.has(folder)) return;
  folders.add(folder);
  const json: PackageJson = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(json.dependencies ?? {})) {
    collect(dependency, folder, folders);
  }
}

/** As Node looks for it: in this folder's node_modules, then in those above. */
function find(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(folder) === folder) throw new Error(`${name} is not installed`);
  }
}

/** Without packages in it that belong to someone else. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesIn(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}
