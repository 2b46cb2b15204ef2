// A disk of a few megabytes that only one server sees, to be filled.
import { execFileSync } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.js';

const size = '24m';

/** A folder for a small disk, for the user that a server runs as. */
export async function smallDiskIn(directory: string, uid: number | undefined): Promise<string> {
  const folder = join(directory, 'small-disk');
  await mkdir(folder);
  if (uid !== undefined) await chown(folder, uid, -1);
  return folder;
}

/**
 * What to put in front of the command of a server: it has a view of the file system of its own, in
 * which a disk in memory is mounted at `folder`. That goes when the server ends.
 */
export function onSmallDisk(folder: string): string[] {
  const mount = `mount -t tmpfs -o size=${size} none "$1" && shift && exec "$@"`;
  const namespace = ['--user', '--map-current-user', '--keep-caps', '--mount'];
  return ['unshare', ...namespace, 'sh', '-c', mount, 'sh', folder];
}

/** Why there can be no small disk here; undefined if there can. */
export function whyNoSmallDisk(): string | undefined {
  if (findProgram('unshare') === undefined) return 'unshare (util-linux)';
  const [command = '', ...args] = [...onSmallDisk('/tmp'), 'true'];
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'user namespaces';
  }
}
