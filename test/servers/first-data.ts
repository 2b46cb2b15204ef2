// The data with which a server of our own begins. Making it takes longer than all that a test does with the
// server, so each run of the tests makes it once for each kind of server, and copies it.
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.js';

/** Names the folder where they are kept, to the processes of this run. */
const variable = 'TEST_SERVERS_FIRST_DATA';

/** Called once per run. Answers what removes them. */
export async function keepFirstData(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'test-first-data-'));
  // The servers' own users read there.
  await chmod(folder, 0o755);
  process.env[variable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}

/**
 * Makes the folder `data` in `directory`, a copy of what `make` makes in an empty folder.
 *
 * @param kind Of server.
 * @param uid Who owns it.
 */
export async function copyFirstData(
  kind: string,
  { directory, uid }: { readonly directory: string; readonly uid: number | undefined },
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const kept = process.env[variable];
  if (kept === undefined) throw new Error(`${variable} is not set: see keepFirstData().`);
  const first = join(kept, kind);
  if (!existsSync(first)) {
    const made = await mkdtemp(`${first}-`);
    if (uid !== undefined) await chown(made, uid, -1);
    await make(made);
    await rename(made, first).catch(async (error: unknown) => {
      // Another process was faster.
      if (!existsSync(first)) throw error;
      await rm(made, { recursive: true });
    });
  }
  const data = join(directory, 'data');
  await runProgram('cp', ['-Rp', first, data], { uid, cwd: directory });
  return data;
}
