// Looks into a database for sessions, whichever storage keeps them. Reads only.

import { catalogDeadline } from '../catalogs/catalog-options.js';
import { SessionEncryptionError, StoreUnavailableError } from '../index.js';
import { defaultPrefix } from '../keyv-session-storage/index.js';
import { inUrl } from '../open/url-options.js';
import { safeCause } from '../safe-cause.js';
import { mayPass, remedyOf } from '../store-remedy.js';
import { namesDatabase, type StoreKind } from '../store-url.js';
import type { Catalog } from './catalog.js';
import type { Database } from './databases/database.js';
import { connectMysql } from './databases/mysql-database.js';
import { connectPostgres } from './databases/postgres-database.js';
import { connectRedis } from './databases/redis-database.js';
import { connectSqlite } from './databases/sqlite-database.js';
import type { FoundLayout } from './found-layout.js';
import { within } from './in-time.js';
import { defaultTables, type WantedLayout } from './layout-options.js';
import { otherPlaces } from './other-places.js';
import { printable } from './printable.js';
import type { StoreAddress } from './store-address.js';
import { chooseLayout } from './store-layout.js';

/** Where sessions are, and their catalog unless they are records of ours, for `openSessionStorage`. */
export interface FoundSessions {
  /** The database for people, as its server calls it. */
  readonly shown: string;
  readonly place: FoundLayout;
  /** Other places in the database that hold sessions. */
  readonly others: readonly FoundLayout[];
  readonly catalog: Catalog | undefined;
  /** What no other database answers, where two are to be told apart; undefined if it does not say. */
  readonly server: unknown;
}

/**
 * The sessions in a database.
 *
 * @throws {OptionInvalidError} No sessions are there, or in several places.
 * @throws {StoreUnavailableError} The database cannot be reached.
 */
export async function findSessions(
  address: StoreAddress,
  wanted: WantedLayout,
): Promise<FoundSessions> {
  const deadline = catalogDeadline(address.deadline, inUrl('deadline'));
  let database: Database | undefined;
  try {
    const connecting = connect(address, wanted, deadline);
    database = await within(deadline, connecting);
    const shown = await within(deadline, completedName(address, database));
    const look = database.tables();
    const tables = await (database.looksInSteps ? look : within(deadline, look));
    const place = chooseLayout(tables, { ...wanted, address: { ...address, shown } });
    const chosen = { place, prefix: address.prefix ?? defaultPrefix };
    const others =
      wanted.store === 'to' ? [] : await otherPlaces(database, tables, chosen, deadline);
    const server = await serverOf(database, wanted, deadline);
    const found = { shown, place, others, server };
    if (place.layout !== 'records') return { ...found, catalog: database.catalog(place) };
    void closed(database);
    return { ...found, catalog: undefined };
  } catch (error) {
    if (database !== undefined) void closed(database);
    if (error instanceof SessionEncryptionError) throw error;
    throw new StoreUnavailableError(
      `Sessions: ${address.shown} cannot be looked into.${adviceOn(error, address)}`,
      { cause: safeCause(error) },
    );
  }
}

/** Nothing waits for it: pools close once all is answered that was asked, and a locked table never answers. */
const closed = (database: Database) => database.close().catch(() => {});

function connect(
  address: StoreAddress,
  { table, layout }: WantedLayout,
  deadline: number,
): Promise<Database> {
  const { kind, driverUrl, schema } = address;
  if (kind === 'postgres') return connectPostgres(driverUrl, schema, deadline);
  if (kind === 'mysql') {
    const asked = [table, layout && defaultTables[layout]].filter((name) => name !== undefined);
    return connectMysql(driverUrl, asked, deadline);
  }
  if (kind === 'redis') return connectRedis(driverUrl, table, deadline);
  return connectSqlite(String(address.file), deadline);
}

/** Only of two stores it matters whether they are one. A server need not answer: some let nobody ask. */
async function serverOf(
  database: Database,
  { store }: WantedLayout,
  deadline: number,
): Promise<unknown> {
  if (store === 'store') return undefined;
  const asked = within(deadline, Promise.resolve(database.identity?.()));
  return asked.catch(() => undefined);
}

/** Where the URL names no database, PostgreSQL takes the one that is called as the user. */
async function completedName({ shown, url }: StoreAddress, database: Database): Promise<string> {
  if (database.name === undefined || namesDatabase(url)) return shown;
  return `${shown}/${printable(String(await database.name()))}`;
}

const servers: Readonly<Partial<Record<StoreKind, string>>> = {
  mysql: 'MySQL',
  postgres: 'PostgreSQL',
  redis: 'Redis',
};

/** What may mend a first connection that fails in a way of which the driver does not say the reason. */
function adviceOn(error: unknown, { kind, url }: StoreAddress): string {
  const server = servers[kind];
  if (server === undefined || !mayPass(error)) return '';
  if (/^rediss:/i.test(url)) {
    return ' If the server speaks no TLS, write redis: in place of rediss:.';
  }
  if (remedyOf(error) !== undefined) return '';
  return ` See whether host and port are those of ${server}, and whether the URL has the options of the app's, such as for TLS.`;
}
