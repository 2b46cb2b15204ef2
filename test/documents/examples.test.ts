// The examples of the documents compile as an app's own code would; those marked to be run are run.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { compile, createAppFolder } from './app-folder.js';
import { allCodeBlocks } from './documents.js';
import { run } from './run-program.js';

/** What Shopify's templates have in `app/db.server.ts`. */
const databaseOfTheTemplate = `import { PrismaClient } from '@prisma/client';
export default new PrismaClient();
`;

/** What Prisma generates for the schema of an app. */
const prismaClient = `export declare class PrismaClient {
  readonly session: never;
  $disconnect(): Promise<void>;
}
`;

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  allowJs: true,
  checkJs: true,
  types: ['node'],
  paths: { '@prisma/client': ['./prisma-client.d.ts'] },
};
const examples = allCodeBlocks.filter(({ language }) => language === 'ts');
const fileNameOf = (at: string): string => at.replace(/\W/g, '-');
let folder: string;

beforeAll(async () => {
  folder = await createAppFolder('examples');
});

test('every example compiles against the published declarations', async () => {
  expect(examples.length).toBeGreaterThan(5);
  // A block that names a JavaScript file is one, and says its types in comments.
  const extensionOf = (code: string) => (/^\/\/ [\w-]+\.mjs\n/.test(code) ? 'mjs' : 'ts');
  const names = examples.map(({ at, code }) => `${fileNameOf(at)}.${extensionOf(code)}`);
  // Shopify's templates are bundled, and import their own files without an extension.
  const isBundled = (index: number) => examples[index]?.code.includes("from './");
  await writeFile(join(folder, 'db.server.ts'), databaseOfTheTemplate);
  await writeFile(join(folder, 'prisma-client.d.ts'), prismaClient);
  await Promise.all(
    examples.map(({ code }, index) => writeFile(join(folder, String(names[index])), code)),
  );
  const bundler = { ...compilerOptions, module: 'esnext', moduleResolution: 'bundler' };
  const configs = [
    { compilerOptions, files: names.filter((_, index) => !isBundled(index)) },
    { compilerOptions: bundler, files: names.filter((_, index) => isBundled(index)) },
  ];
  for (const config of configs) {
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    expect(await compile(folder, '--noEmit', '-p', 'tsconfig.json')).toBe('');
  }
});

test.each(examples.filter(({ name }) => name === 'run'))('$at runs', async ({ at, code }) => {
  const file = join(folder, `${fileNameOf(at)}.mjs`);
  await writeFile(file, code);
  const SESSION_ENCRYPTION_KEYS = `2026-11:${randomBytes(32).toString('base64url')}`;
  const env = { PATH: process.env.PATH, SESSION_ENCRYPTION_KEYS };
  // Node 22 calls its own SQLite experimental; docs/stores.md says so.
  const quiet = '--disable-warning=ExperimentalWarning';
  const ended = await run(process.execPath, [quiet, file], { cwd: folder, env });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
});
