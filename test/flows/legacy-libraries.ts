// Loads shopify-api 1 to 5 without the native SQLite driver.
//
// Releases 3 to 5 import `sqlite3` for their SQLite session storage the moment they are loaded. It
// has to be compiled, which this repository never asks of anyone who installs it. So `sqlite3`, and
// nothing else, is answered with something that throws when used.
import { createRequire, Module } from 'node:module';

const require = createRequire(import.meta.url);

/** A library with its process-wide `Shopify.Context`. What is used here is alike in all five. */
export type LegacyShopify = typeof import('shopify-api-5').default;

/** The releases, by the names under which they are installed. */
export const legacyLibraries = {
  'shopify-api 1.4': 'shopify-api-1',
  'shopify-api 2.1': 'shopify-api-2',
  'shopify-api 3.1': 'shopify-api-3',
  'shopify-api 4.2': 'shopify-api-4',
  'shopify-api 5.3': 'shopify-api-5',
} as const;

export function loadLegacyLibrary(release: keyof typeof legacyLibraries): LegacyShopify {
  const library = legacyLibraries[release];
  replaceSqlite3(require.resolve(library));
  return (require(library) as { default: LegacyShopify }).default;
}

function replaceSqlite3(library: string): void {
  let sqlite3: string;
  try {
    sqlite3 = createRequire(library).resolve('sqlite3');
  } catch {
    return;
  }
  const placeholder = new Module(sqlite3);
  placeholder.loaded = true;
  placeholder.exports = {
    Database: class {
      constructor() {
        throw new Error('sqlite3 is not compiled here: pass a SESSION_STORAGE to initialize()');
      }
    },
  };
  require.cache[sqlite3] ??= placeholder;
}
