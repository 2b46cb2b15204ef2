// Whether two names are those of one store: by what its server answers, and by its address.
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultPrefix } from '../keyv-session-storage/index.js';
import { partsOf, type StoreKind } from '../store-url.js';
import type { FoundLayout } from './found-layout.js';
import { defaultTables } from './layout-options.js';
import type { StoreAddress } from './store-address.js';

const defaultPorts: Readonly<Partial<Record<StoreKind, string>>> = {
  mysql: '3306',
  postgres: '5432',
  redis: '6379',
};

/**
 * Texts of which two names of one store share at least one, and those of two stores none.
 *
 * @param server What no other database answers; undefined if that is not known.
 */
export function identitiesOf(
  address: StoreAddress,
  place: FoundLayout,
  server: unknown,
): readonly string[] {
  const { kind, file, driverUrl } = address;
  const within = placeWithin(address, place);
  const database = file === undefined ? databaseOf(driverUrl, kind) : pathOf(file);
  const known = server === undefined ? [database] : [database, server];
  return known.map((one) => JSON.stringify([kind, one, within]));
}

/** The path of a file that may be there or not. */
export const pathOf = (file: string) => (existsSync(file) ? realpathSync(file) : resolve(file));

/** The number of the database that the URL of a Redis names. */
export const redisDatabaseOf = (url: string) => Number(partsOf(url)?.pathname.slice(1) ?? 0);

/** Where in a database: how its names are found makes no difference. */
function placeWithin({ kind, prefix }: StoreAddress, { layout, table, home }: FoundLayout) {
  const isRecords = layout === 'records';
  if (kind !== 'redis') return [table, home, isRecords ? (prefix ?? defaultPrefix) : undefined];
  return [isRecords, isRecords && table === defaultTables.records ? defaultPrefix : table];
}

/** A server and a database on it, as the URL says them. Another user finds the same. */
function databaseOf(url: string, kind: StoreKind): unknown {
  const parts = partsOf(url);
  if (parts === undefined) return url;
  const { hostname, port, pathname, username, searchParams } = parts;
  const named = ['host', 'port', 'socketPath'].map((name) => searchParams.get(name));
  const server = [hostname.toLowerCase(), port || defaultPorts[kind], ...named];
  if (kind === 'redis') return [...server, redisDatabaseOf(url)];
  // PostgreSQL has a database for each user.
  return [...server, pathname.length > 1 ? pathname.slice(1) : username];
}
