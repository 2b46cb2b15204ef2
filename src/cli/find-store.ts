// Looks into a database for sessions, whichever storage keeps them. Reads only.
import { SessionEncryptionError, StoreUnavailableError } from '../index.js';
import { safeCause } from '../safe-cause.js';
import { sqliteUrlParts } from '../store-url.js';
import type { Catalog } from './catalog.js';
import type { Database } from './databases/database.js';
import { connectMysql } from './databases/mysql-database.js';
import { connectPostgres } from './databases/postgres-database.js';
import { connectRedis } from './databases/redis-database.js';
import { connectSqlite } from './databases/sqlite-database.js';
import { chooseLayout, type FoundLayout, type WantedLayout } from './store-layout.js';

/** Where sessions are, and their catalog unless they are records of ours, for `openSessionStorage`. */
export interface FoundSessions {
  readonly place: FoundLayout;
  readonly catalog: Catalog | undefined;
}

/**
 * The sessions in a database.
 *
 * @throws {OptionInvalidError} No sessions are there, or in several places.
 * @throws {StoreUnavailableError} The database cannot be reached.
 */
export async function findSessions(url: string, wanted: WantedLayout): Promise<FoundSessions> {
  let database: Database | undefined;
  try {
    database = await connect(url, wanted);
    const place = chooseLayout(await database.tables(), wanted);
    if (place.layout !== 'records') return { place, catalog: database.catalog(place) };
    await database.close();
    return { place, catalog: undefined };
  } catch (error) {
    await database?.close().catch(() => {});
    if (error instanceof SessionEncryptionError) throw error;
    throw new StoreUnavailableError('Sessions: the database cannot be looked into.', {
      cause: safeCause(error),
    });
  }
}

function connect(url: string, { table }: WantedLayout): Promise<Database> {
  if (/^postgres/i.test(url)) return connectPostgres(url, schemaIn(url));
  if (/^(?:mysql|mariadb):/i.test(url)) return connectMysql(url.replace(/^mariadb:/i, 'mysql:'));
  if (!/^sqlite:/i.test(url)) return connectRedis(url, table);
  return connectSqlite(sqliteUrlParts(url).path);
}

/** The schema that a URL names, as Prisma's URLs do. */
function schemaIn(url: string): string | undefined {
  return new URL(url).searchParams.get('schema') ?? undefined;
}
