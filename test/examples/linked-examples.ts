// Examples in a folder where their packages are linked to those of the tests, which takes no installation.
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAppFolder } from '../documents/app-folder.js';
import type { Start } from './example-flows.js';
import { compileFakeShopify, repository, runExample } from './running-example.js';

/** What the linked examples have in common. */
export interface LinkedExamples {
  /** Where this package is installed, and everything else that tests have is found. */
  readonly folder: string;
  readonly fakeShopify: string;
  /** Stands in for the SQLite driver that shopify-api 5 would have to compile. */
  readonly withoutSqlite: string;
}

/** Makes the folder in which this package is installed. */
export async function createLinkedExamples(): Promise<LinkedExamples> {
  const folder = await createAppFolder('examples');
  const fakeShopify = await compileFakeShopify(join(folder, 'fake'));
  const withoutSqlite = join(folder, 'without-sqlite3.cjs');
  const shopify5 = join(repository, 'test/node_modules/shopify-api-5/package.json');
  const sqlite3 = createRequire(shopify5).resolve('sqlite3');
  await writeFile(
    withoutSqlite,
    `const { Module } = require('node:module');
     const placeholder = new Module(${JSON.stringify(sqlite3)});
     Object.assign(placeholder, { loaded: true, exports: {} });
     require.cache[${JSON.stringify(sqlite3)}] = placeholder;`,
  );
  return { folder, fakeShopify, withoutSqlite };
}

/** Starts an example with the script that its README names. */
export function startLinked(examples: LinkedExamples, name: string): Start {
  return async (environment, shopify) => {
    const folder = await mkdtemp(join(tmpdir(), `${name}-`));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await cp(join(repository, 'examples', name), folder, { recursive: true, filter: isSource });
    const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) await link(examples, folder, dependency);
    await symlink(join(repository, 'test/node_modules/.bin'), join(folder, 'node_modules/.bin'));
    const script = name === 'nestjs-jest' ? 'test' : 'start';
    const legacy = { NODE_OPTIONS: `--require=${examples.withoutSqlite}` };
    return runExample({
      ...{ folder, shopify, fakeShopify: examples.fakeShopify },
      program: 'npm',
      parameters: ['run', '--silent', script],
      environment: { ...environment, ...(name === 'legacy-context' && legacy) },
    });
  };
}

async function link({ folder: found }: LinkedExamples, to: string, name: string): Promise<void> {
  const isLegacy = to.includes('legacy-context-') && name === '@shopify/shopify-api';
  const installed = isLegacy ? 'shopify-api-5' : name;
  const places = [found, join(repository, 'test'), repository];
  const place = places.find((some) => existsSync(join(some, 'node_modules', installed)));
  if (place === undefined) throw new Error(`${name} is not installed.`);
  const path = join(to, 'node_modules', name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(join(place, 'node_modules', installed), path);
}

/** What git keeps of an example. */
export const isSource = (path: string): boolean =>
  !/[\\/](?:node_modules|build|package-lock\.json|dev\.sqlite)$/.test(path);
