// Each example in an empty folder, installed and started as its README says, with the packed package.
// Part of `npm run test:everywhere`; `-- --mode quick` takes the one of Shopify's template.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, inject, onTestFinished, test } from 'vitest';
import { sharedServer } from '../servers/shared.js';
import { exampleFlows } from './example-flows.js';
import { isSource } from './linked-examples.js';
import { compileFakeShopify, repository, runExample } from './running-example.js';

const execute = promisify(execFile);
const isQuick = inject('quick');
let fakeShopify: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fake-shopify-'));
  fakeShopify = await compileFakeShopify(folder);
  return () => rm(folder, { recursive: true, force: true });
});

/** Installs an example; answers its folder. */
async function installExample(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(repository, 'examples', name), folder, { recursive: true, filter: isSource });
  const { PATH, HOME } = process.env;
  // In place of the name that is published.
  const parameters = ['install', '--no-audit', '--no-fund', '--prefer-offline', inject('tarball')];
  await execute('npm', parameters, { cwd: folder, env: { PATH, HOME } });
  return folder;
}

for (const [name, { does, server, run }] of Object.entries(exampleFlows)) {
  const isLeftOut = isQuick && name !== 'react-router-prisma';
  const isMissing = server !== undefined && sharedServer(server) === undefined;
  // A driver of shopify-api 5 may have to be compiled.
  test.skipIf(isLeftOut || isMissing)(
    `examples/${name} ${does}`,
    { timeout: 1_800_000 },
    async () => {
      const folder = await installExample(name);
      const readme = await readFile(join(folder, 'README.md'), 'utf8');
      const [, script = ''] = /^npm (start|test)$/m.exec(readme) ?? [];
      await run((environment, shopify) =>
        runExample({
          ...{ folder, environment, shopify, fakeShopify },
          program: 'npm',
          parameters: ['run', '--silent', script],
        }),
      );
    },
  );
}
