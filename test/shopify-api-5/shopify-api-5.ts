// Loads shopify-api 5 without its native SQLite driver.
//
// It imports `sqlite3` for its SQLite session storage the moment it is loaded. `sqlite3` has to be
// compiled, which this repository never asks of anyone who installs it, and that storage is not
// tested here. So `sqlite3`, and nothing else, is answered with something that throws when used.
import { createRequire, Module } from 'node:module';

const require = createRequire(import.meta.url);
const sqlite3 = createRequire(require.resolve('shopify-api-5')).resolve('sqlite3');

const placeholder = new Module(sqlite3);
placeholder.loaded = true;
placeholder.exports = {
  Database: class {
    constructor() {
      throw new Error('sqlite3 is not compiled here: pass a SESSION_STORAGE to initialize()');
    }
  },
};
require.cache[sqlite3] = placeholder;

/** The library of shopify-api 5, with its process-wide `Shopify.Context`. */
export const { default: Shopify } = require('shopify-api-5') as typeof import('shopify-api-5');

/** A session as shopify-api 5 has it. */
export type LegacySession = InstanceType<typeof Shopify.Session.Session>;

/** What `Shopify.Context.initialize` takes as `SESSION_STORAGE`. */
export type LegacySessionStorage = NonNullable<
  Parameters<typeof Shopify.Context.initialize>[0]['SESSION_STORAGE']
>;
