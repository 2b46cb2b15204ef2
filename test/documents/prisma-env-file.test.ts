// What docs/frameworks/react-router.md says of Prisma's client: it loads the `.env` that `prisma generate` found.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { operator } from './operator.js';
import { run } from './run-program.js';

const place = operator('prisma-env-file');
const program = join(
  dirname(createRequire(import.meta.url).resolve('prisma/package.json')),
  'build/index.js',
);
const schema = `
generator client {
  provider   = "prisma-client-js"
  engineType = "client"
  output     = "../client"
}

datasource db {
  provider = "sqlite"
  url      = "file:dev.sqlite"
}

model Session {
  id String @id
}
`;

/** Generates the client in the app's folder, as the template does where it starts. */
async function generate(): Promise<void> {
  await mkdir(join(place.app, 'prisma'), { recursive: true });
  await writeFile(join(place.app, 'prisma/schema.prisma'), schema);
  const ended = await run(process.execPath, [program, 'generate', '--no-hints'], {
    cwd: place.app,
    env: place.env({
      // The command line would download engines that neither it nor the client needs.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_QUERY_ENGINE_LIBRARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    }),
  });
  expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
}

/** The mode that a program finds in its environment once it has imported the client. */
async function modeAfterImport(variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const script =
    "await import('./client/index.js'); console.log(process.env.SESSION_ENCRYPTION_MODE)";
  const ended = await run(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: place.app,
    env: place.env(variables),
  });
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout.trim();
}

test('a .env that is there when the client is generated is loaded where the client is imported', async () => {
  const file = join(place.app, '.env');
  await rm(file, { force: true });
  await generate();
  await writeFile(file, 'SESSION_ENCRYPTION_MODE=migrate\n');
  expect(await modeAfterImport()).toBe('undefined');

  await generate();
  expect(await modeAfterImport()).toBe('migrate');
  expect(await modeAfterImport({ SESSION_ENCRYPTION_MODE: 'strict' })).toBe('strict');
  await rm(file);
  expect(await modeAfterImport()).toBe('undefined');
});
