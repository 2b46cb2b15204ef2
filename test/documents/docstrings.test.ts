// The examples in the docstrings of the sources compile.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compile } from './app-folder.js';
import { type DocstringExample, docstringExamples, exportedNames, sources } from './docstrings.js';
import { repository } from './documents.js';

const root = fileURLToPath(repository);

/** What examples use without importing it, as their readers know where it comes from. */
const packages: Readonly<Record<string, string>> = {
  Keyv: "import { Keyv } from 'keyv';",
  KeyvRedis: "import KeyvRedis from '@keyv/redis';",
  Session: "import { Session } from '@shopify/shopify-api';",
  PrismaSessionStorage:
    "import { PrismaSessionStorage } from '@shopify/shopify-app-session-storage-prisma';",
};

/** What examples use that an app has: values of these names and types. */
const ofTheApp = `
import type { Session } from '@shopify/shopify-api';
import type { PrismaSessionStorage } from '@shopify/shopify-app-session-storage-prisma';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import type { Keyring, SessionCatalog } from '${root}src/index.js';
import type { KvNamespace } from '${root}src/catalogs/kv/index.js';
declare global {
  const id: string, sessionId: string, shop: string, url: string, message: string;
  const newKey: string, oldKey: string;
  const error: unknown;
  const keyring: Keyring;
  const session: Session;
  const sessionStorage: SessionStorage;
  const row: { readonly id: string; readonly shop: string; readonly accessToken: string };
  const catalog: SessionCatalog<Session>;
  const prisma: ConstructorParameters<typeof PrismaSessionStorage<never>>[0];
  const secrets: { get(name: string): Promise<string> };
  const env: { readonly SESSIONS: KvNamespace };
  const histogram: { record(value: number, labels: object): void };
  function shopifyApp(config: { readonly sessionStorage: SessionStorage }): object;
}
`;

/** Since Node 22, and so not in the types of Node 20. */
const nodeSqlite = `declare module 'node:sqlite' {
  export class DatabaseSync {
    constructor(path: string);
    close(): void;
    exec(sql: string): void;
    prepare(sql: string): {
      all(...values: unknown[]): unknown[];
      run(...values: unknown[]): { changes: number | bigint };
    };
  }
}
`;

/** What Prisma generates for an app's schema. */
const prismaClient = `export declare class PrismaClient {
  $disconnect(): Promise<void>;
}
`;

/** The entries of the package, in the sources: `./open`, and a folder for each catalog. */
function entryPaths(): Record<string, string[]> {
  const folders = sources.flatMap((file) => {
    const [, folder, name] = /^src\/(open|catalogs\/(\w+))\/index\.ts$/.exec(file) ?? [];
    return folder === undefined ? [] : [[name ?? folder, folder] as const];
  });
  const paths = folders.map(([name, folder]) => [
    `shopify-app-session-storage-encrypted/${name}`,
    [`${root}src/${folder}/index.ts`],
  ]);
  return Object.fromEntries(paths);
}

/** A module of the example, with imports for the names that it uses and does not import or declare. */
function moduleOf({ file, code }: DocstringExample): string {
  const has = (name: string) =>
    new RegExp(`(^|[^.\\w'"$/-])${name}\\b`, 'm').test(code) &&
    !new RegExp(`import .*\\b${name}\\b.* from|(const|let|class|function) ${name}\\b`).test(code);
  const ours = new Map<string, string>();
  for (const source of ['src/index.ts', 'src/open/index.ts', 'src/errors.ts', file]) {
    for (const name of exportedNames(source)) ours.set(name, source);
  }
  const imports = [...ours]
    .filter(([name]) => has(name))
    .map(([name, source]) => `import { ${name} } from '${root}${source.replace(/\.ts$/, '.js')}';`);
  const others = Object.entries(packages).filter(([name]) => !ours.has(name) && has(name));
  return [...imports, ...others.map(([, line]) => line), code, 'export {};', ''].join('\n');
}

test('every example in a docstring compiles', async () => {
  const examples = docstringExamples();
  expect(examples.length).toBeGreaterThan(20);
  const folder = join(root, 'test/node_modules/.cache/documents/docstrings');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(folder, 'of-the-app.d.ts'), ofTheApp);
  await writeFile(join(folder, 'node-sqlite.d.ts'), nodeSqlite);
  await writeFile(join(folder, 'prisma-client.d.ts'), prismaClient);
  const files = await Promise.all(
    examples.map(async (example) => {
      const name = `${example.file.replace(/^src\/|\.ts$/g, '').replaceAll('/', '-')}-${example.line}.ts`;
      await writeFile(join(folder, name), moduleOf(example));
      return name;
    }),
  );
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      verbatimModuleSyntax: false,
      isolatedModules: false,
      paths: { ...entryPaths(), '@prisma/client': ['./prisma-client.d.ts'] },
    },
    include: [],
    files: ['of-the-app.d.ts', 'node-sqlite.d.ts', ...files],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  expect(await compile(folder, '-p', 'tsconfig.json', '--pretty', 'false')).toBe('');
});
