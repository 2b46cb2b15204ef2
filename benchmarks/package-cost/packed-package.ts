// The package as it is published, unpacked in a folder where it can be imported.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './repository.js';

export interface PackedPackage {
  /** A folder whose modules can import the package. */
  readonly folder: string;
  /** Of the tarball, in bytes. */
  readonly packedBytes: number;
  /** Of the files in it, in bytes. */
  readonly unpackedBytes: number;
  readonly files: number;
  remove(): Promise<void>;
}

interface PackReport {
  readonly name: string;
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

/** Builds and packs without touching the working folder, where others may be using `dist`. */
export async function packPackage(): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-package-'));
  const source = join(folder, 'source');
  await mkdir(source);
  for (const name of await readdir(repository)) {
    if (/^(src|docs|packaging|package\.json|tsconfig.*\.json|[A-Z]+(\.md)?)$/.test(name)) {
      const filter = (path: string) => !path.endsWith('/node_modules');
      await cp(join(repository, name), join(source, name), { recursive: true, filter });
    }
  }
  await symlink(join(repository, 'node_modules'), join(source, 'node_modules'), 'dir');
  execFileSync(process.execPath, ['packaging/build.js'], { cwd: source });
  const npm = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', npm, {
    cwd: source,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [report] = Object.values(JSON.parse(output)) as PackReport[];
  if (report === undefined) throw new Error('npm pack said nothing');
  const modules = join(folder, 'node_modules');
  const target = join(modules, report.name);
  await mkdir(target, { recursive: true });
  const tarball = join(folder, report.filename);
  execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components', '1']);
  // Its dependencies, as they are installed here.
  for (const name of await readdir(join(repository, 'node_modules'))) {
    if (name === report.name || name.startsWith('.')) continue;
    await symlink(join(repository, 'node_modules', name), join(modules, name), 'dir');
  }
  return {
    folder,
    packedBytes: report.size,
    unpackedBytes: report.unpackedSize,
    files: report.entryCount,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
