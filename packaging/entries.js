// The entries of the package: what users may import, found in the folders of the source.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const repository = fileURLToPath(new URL('../', import.meta.url));

/** @returns {Record<string, unknown> & { name: string }} What package.json says. */
export function readPackage() {
  return JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
}

/**
 * By name of the entry, its source: the main one, `open`, and each catalog that has an `index.ts`.
 *
 * @type {Map<string, string>}
 */
export const entries = new Map([
  ['index', 'src/index.ts'],
  ['open', 'src/open/index.ts'],
]);
for (const name of readdirSync(join(repository, 'src/catalogs')).sort()) {
  const source = `src/catalogs/${name}/index.ts`;
  if (existsSync(join(repository, source))) entries.set(name, source);
}

/** The command line. */
export const program = 'src/cli/main.ts';

/**
 * By name of its ES module in dist, the source of each table of loaders of optional packages.
 *
 * @type {ReadonlyMap<string, string>}
 */
export const loaderTables = new Map([
  ['shopify-api', 'src/optional-packages/shopify-api.ts'],
  ['drivers', 'src/optional-packages/drivers.ts'],
]);
