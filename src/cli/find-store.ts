// Looks into a database for sessions, whichever storage keeps them. Reads only.

import { catalogDeadline } from '../catalogs/catalog-options.js';
import { SessionEncryptionError, StoreUnavailableError } from '../index.js';
import { inUrl } from '../open/url-options.js';
import { inTime } from '../pause.js';
import { safeCause } from '../safe-cause.js';
import { mayPass, remedyOf } from '../store-remedy.js';
import { namesDatabase, type StoreKind } from '../store-url.js';
import type { Catalog } from './catalog.js';
import type { Database } from './databases/database.js';
import { connectMysql } from './databases/mysql-database.js';
import { connectPostgres } from './databases/postgres-database.js';
import { connectRedis } from './databases/redis-database.js';
import { connectSqlite } from './databases/sqlite-database.js';
import { defaultTables, type WantedLayout } from './layout-options.js';
import { printable } from './printable.js';
import type { StoreAddress } from './store-address.js';
import { chooseLayout, type FoundLayout, type FoundTable, placesBeside } from './store-layout.js';

/** Where sessions are, and their catalog unless they are records of ours, for `openSessionStorage`. */
export interface FoundSessions {
  /** The database for people, as its server calls it. */
  readonly shown: string;
  readonly place: FoundLayout;
  /** Other places in the database that hold sessions. */
  readonly others: readonly FoundLayout[];
  readonly catalog: Catalog | undefined;
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
    const others = wanted.store === 'to' ? [] : await othersIn(database, tables, place, deadline);
    if (place.layout !== 'records')
      return { shown, place, others, catalog: database.catalog(place) };
    await database.close();
    return { shown, place, others, catalog: undefined };
  } catch (error) {
    await database?.close().catch(() => {});
    if (error instanceof SessionEncryptionError) throw error;
    throw new StoreUnavailableError(
      `Sessions: ${address.shown} cannot be looked into.${adviceOn(error, address)}`,
      { cause: safeCause(error) },
    );
  }
}

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

/** How many other places are named at most. */
const othersAtMost = 20;

/** The places beside the chosen one that hold sessions. */
async function othersIn(
  database: Database,
  tables: readonly FoundTable[],
  chosen: FoundLayout,
  deadline: number,
): Promise<FoundLayout[]> {
  const more = (await within(deadline, Promise.resolve(database.moreTables?.()))) ?? [];
  const others: FoundLayout[] = [];
  for (const place of placesBeside(chosen, [...tables, ...more])) {
    if (others.length === othersAtMost) break;
    const held = within(deadline, database.holdsSessions(place));
    const isHeld = await held.catch(() => undefined);
    // One that cannot be read may hold some; a table with a key and a value may be anybody's.
    const mayHold = place.layout !== 'records' || place.table === defaultTables.records;
    if (isHeld ?? mayHold) others.push({ ...place, isUnread: isHeld === undefined });
  }
  return others;
}

/** Where the URL names no database, PostgreSQL takes the one that is called as the user. */
async function completedName({ shown, url }: StoreAddress, database: Database): Promise<string> {
  if (database.name === undefined || namesDatabase(url)) return shown;
  return `${shown}/${printable(String(await database.name()))}`;
}

/** A driver may wait for an answer without an end. */
function within<T>(deadline: number, answer: Promise<T>): Promise<T> {
  return inTime(answer, deadline, () => new Error(`It did not answer within ${deadline} ms.`));
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
