// Files in another encoding, modules that never finish or end the program, and output that is lost:
// each is said, and none looks like success.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import { bothKeys, newKey, storeOnOldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

describe('--env-file', () => {
  it('may start with a byte order mark', async () => {
    const path = join(await temporaryFolder(), 'marked.env');
    await writeFile(path, `\uFEFFSESSION_ENCRYPTION_KEYS=${newKey}\n`);

    const { code, stderr } = await program.run(['keys', '--env-file', path]);

    expect(code, stderr).toBe(0);
  });

  // What `>` makes in Windows PowerShell.
  it.each(['\uFEFF', ''])(
    'in UTF-16 is refused, and says what to save it as: "%s"',
    async (mark) => {
      const path = join(await temporaryFolder(), 'wide.env');
      await writeFile(path, `${mark}SESSION_ENCRYPTION_KEYS=${newKey}\n`, 'utf16le');

      const { code, stderr } = await program.run(['keys', '--env-file', path]);

      expect(code).toBe(2);
      expect(stderr).toContain('--env-file: the file is in UTF-16. Save it as UTF-8.');
    },
  );
});

describe('a module that an option names', () => {
  const moduleOf = async (source: string) => {
    const path = join(await temporaryFolder(), `module-${Math.random()}.mjs`);
    await writeFile(path, source);
    return path;
  };

  it.each([
    ['at its top level', 'await new Promise(() => {});'],
    ['in the function that it exports', 'export default () => new Promise(() => {});'],
  ])('and that waits for ever %s is named, and no store', async (_, source) => {
    const path = await moduleOf(source);
    for (const [args, option] of [
      [['keys', '--keyring', path], '--keyring'],
      [['status', '--catalog', path], '--catalog'],
    ] as const) {
      const { code, stderr } = await program.run(args, { env: bothKeys });
      expect(code).toBe(2);
      expect(stderr).toBe(
        `Error: ${option}: the module waits for something that never happens, so that it cannot be loaded.\n`,
      );
    }
  });

  it('and that ends the program never looks like success', async () => {
    const path = await moduleOf('process.exit(0);');

    const { code, stderr } = await program.run(['status', '--catalog', path], { env: bothKeys });

    expect(code).toBe(3);
    expect(stderr).toContain('ended the program before the command was done');
  });
});

// A device on which every write fails for want of room.
describe.skipIf(!existsSync('/dev/full'))('output that cannot be written', () => {
  const toFullDisk = (args: string) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      const command = `"$NODE" "$PROGRAM" ${args} > /dev/full`;
      const env = {
        ...process.env,
        ...bothKeys,
        NODE: process.execPath,
        PROGRAM: join(program.folder, 'dist/cli.cjs'),
      };
      execFile('sh', ['-c', command], { env }, (error, _, stderr) =>
        resolve({ code: error?.code ?? 0, stderr }),
      );
    });

  it('is said, and does not look like success: a new key, a list, a report', async () => {
    const store = await storeOnOldKey(3);
    for (const args of [
      'keygen',
      'keys',
      `list --store ${store} --json`,
      `status --store ${store}`,
    ]) {
      const { code, stderr } = await toFullDisk(args);
      expect(stderr).toContain('Error: standard output could not be written (ENOSPC).');
      expect(code).toBe(3);
    }
  });
});
