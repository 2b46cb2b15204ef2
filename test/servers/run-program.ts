// Runs a program to its end, such as `initdb`.
import { execFile } from 'node:child_process';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs `command`; throws what it printed when it fails. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly uid?: number | undefined; readonly cwd: string },
): Promise<string> {
  const { stdout } = await execute(command, args, {
    cwd: options.cwd,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  return stdout;
}

/**
 * The user id of `account` when this process is root, else `undefined`: database servers refuse to
 * run as root, and only root may become somebody else.
 */
export async function unprivilegedUser(account: string): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of [account, 'nobody']) {
    try {
      return Number(await runProgram('id', ['-u', name], { cwd: '/' }));
    } catch {
      // No such account: the next one.
    }
  }
  throw new Error(`A database server cannot run as root, and there is no account "${account}".`);
}

/** A new directory for a server's data that `uid` may write to. */
export async function dataDirectory(prefix: string, uid: number | undefined): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), prefix));
  if (uid !== undefined) await chown(directory, uid, -1);
  return directory;
}
