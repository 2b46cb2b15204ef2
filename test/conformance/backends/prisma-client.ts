// Generates Prisma's client, into `node_modules`, from where `@prisma/client` hands it out. Once for all
// test processes: those that use it already must not find it half written.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const schema = 'official-prisma.prisma';
const schemaFolder = dirname(fileURLToPath(import.meta.url));
/** After so many milliseconds, whoever took the lock is gone. */
const lockedAtMost = 60_000;

/** Returns when there is a client for the schema. */
export async function generatePrismaClient(): Promise<void> {
  const prisma = require.resolve('prisma/package.json');
  const folder = join(dirname(require.resolve('@prisma/client/package.json')), '../../.prisma');
  const hash = createHash('sha256')
    .update(await readFile(join(schemaFolder, schema)))
    .update(await readFile(prisma));
  const stamp = join(folder, `generated-${hash.digest('hex').slice(0, 16)}`);
  const lock = `${stamp}-lock`;
  await mkdir(folder, { recursive: true });
  while (!existsSync(stamp)) {
    if (await take(lock)) {
      try {
        if (!existsSync(stamp)) await generate(join(dirname(prisma), 'build/index.js'));
        await writeFile(stamp, '');
      } finally {
        await rm(lock, { recursive: true, force: true });
      }
    } else {
      await setTimeout(50);
    }
  }
}

/** Whether the lock is ours now. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const taken = await stat(lock).catch(() => undefined);
    if (taken !== undefined && Date.now() - taken.mtimeMs > lockedAtMost) {
      await rm(lock, { recursive: true, force: true });
    }
    return false;
  }
}

async function generate(program: string): Promise<void> {
  const args = ['generate', '--no-hints', '--schema', schema];
  await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: schemaFolder,
    env: {
      ...process.env,
      // The command line would download engines that neither it nor the client needs.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
}
