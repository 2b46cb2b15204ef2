// Generates Prisma's client for each database, into `node_modules`. Once for all test processes: those
// that use it already must not find it half written.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectFolder } from '../project-folder.js';

const require = createRequire(import.meta.url);
// In the sources: the compiled copy has no schema.
const schemaFile = join(projectFolder, 'test/conformance/backends/official-prisma.prisma');
const generated = join(dirname(require.resolve('@prisma/client/package.json')), '../../.prisma');
/** After so many milliseconds, the process that took the lock is gone. */
const lockedAtMost = 60_000;

export type PrismaProvider = 'sqlite' | 'mysql' | 'postgresql';

/** A generated client, as far as tests use it themselves. */
export interface PrismaClient {
  $executeRawUnsafe(sql: string, ...values: readonly string[]): Promise<number>;
  $queryRawUnsafe(sql: string): Promise<Record<string, unknown>[]>;
  $transaction(
    work: () => Promise<unknown>,
    options: { readonly maxWait: number; readonly timeout: number },
  ): Promise<unknown>;
  $disconnect(): Promise<void>;
  $extends(extension: {
    readonly query: {
      readonly $allModels: {
        $allOperations(call: { args: unknown; query(args: unknown): unknown }): unknown;
      };
    };
  }): PrismaClient;
}

/** The class of the client for one database; for SQLite, the one that `@prisma/client` hands out. */
export async function prismaClientClass(
  provider: PrismaProvider,
): Promise<new (options: { adapter: object; omit?: object }) => PrismaClient> {
  // The official storage imports `@prisma/client`, whatever client it is given.
  await generateOnce('sqlite');
  if (provider !== 'sqlite') await generateOnce(provider);
  const client = require(provider === 'sqlite' ? '@prisma/client' : join(generated, provider));
  return client.PrismaClient;
}

/** Returns when there is a client for the schema. */
async function generateOnce(provider: PrismaProvider): Promise<void> {
  const prisma = require.resolve('prisma/package.json');
  const schema = await schemaFor(provider);
  const hash = createHash('sha256')
    .update(schema)
    .update(await readFile(prisma));
  const stamp = join(generated, `generated-${hash.digest('hex').slice(0, 16)}`);
  const lock = `${stamp}-lock`;
  await mkdir(generated, { recursive: true });
  while (!existsSync(stamp)) {
    if (await take(lock)) {
      try {
        if (!existsSync(stamp)) {
          const program = join(dirname(prisma), 'build/index.js');
          await generate(program, join(generated, `${provider}.prisma`), schema);
        }
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

/** The official schema. With PostgreSQL, names are the app's own, and it has columns of the app's own. */
async function schemaFor(provider: PrismaProvider): Promise<string> {
  const schema = await readFile(schemaFile, 'utf8');
  if (provider === 'sqlite') return schema;
  const output = `  output     = ${JSON.stringify(join(generated, provider))}\n  engineType`;
  const moved = schema.replace('"sqlite"', `"${provider}"`).replace('  engineType', output);
  if (provider === 'mysql') return moved;
  const snakeCase = (name: string) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return moved
    .replace(/^ {2}(\w*[A-Z]\w*) .*$/gm, (line, name) => `${line} @map("${snakeCase(name)}")`)
    .replace(/ {2}(output|engineType) .* @map.*$/gm, (line) => line.replace(/ @map.*$/, ''))
    .trimEnd()
    .replace(
      /\}$/,
      '  plan      String   @default("free")\n' +
        '  createdAt DateTime @default(now()) @map("created_at")\n\n' +
        '  @@map("app sessions")\n}\n',
    );
}

/** @param file Where to put the schema: from there, Prisma finds its own packages. */
async function generate(program: string, file: string, schema: string): Promise<void> {
  await writeFile(file, schema);
  const args = ['generate', '--no-hints', '--schema', file];
  await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: generated,
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
