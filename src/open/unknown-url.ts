// The error for a URL that is not one of a session store, with what to write in place of those that others take.
import { OptionInvalidError } from '../errors.js';
import { schemeOf } from '../store-url.js';

/** @param catalogOption For a command, its option for stores that have no URL. */
export function unknownUrl(url: string, catalogOption?: string): OptionInvalidError {
  // No command can look into the memory of an app.
  const schemes = `redis:, rediss:, postgres:, mysql:${catalogOption === undefined ? ', sqlite: or memory:' : ' or sqlite:'}`;
  const advice = adviceOn(url, catalogOption);
  return new OptionInvalidError(
    `The URL of a session store starts with ${schemes}.${advice === '' ? '' : ` ${advice}`}`,
  );
}

function adviceOn(url: string, catalogOption: string | undefined): string {
  const scheme = schemeOf(url);
  if (/^["'\u2018-\u201f]/.test(url)) {
    return 'This one starts with a quotation mark: remove the quotes around it.';
  }
  if (scheme === '' && /\.(?:db|sqlite3?)$/.test(url)) {
    return 'For an SQLite file, write sqlite: before its path.';
  }
  const advice = Object.hasOwn(adviceOnSchemes, scheme) ? adviceOnSchemes[scheme] : undefined;
  if (typeof advice !== 'object') return advice ?? '';
  return catalogOption === undefined
    ? `${advice.store}, ${advice.inCode}.`
    : `${advice.store}, give --${catalogOption}: a module with ${advice.catalog}.`;
}

/** What to do about a store that no URL names. */
interface NoUrl {
  readonly store: string;
  readonly inCode: string;
  /** For a command, which takes no storage. */
  readonly catalog: string;
}

const mongodb: NoUrl = {
  store: 'For MongoDB',
  inCode: 'wrap the storage of @shopify/shopify-app-session-storage-mongodb',
  catalog: "mongodbCatalog over the app's database",
};
const ofPrisma: Omit<NoUrl, 'store'> = {
  inCode: 'wrap the storage of @shopify/shopify-app-session-storage-prisma',
  catalog: "prismaCatalog over the app's Prisma client",
};
const redisClient: NoUrl = {
  store: 'For sentinels, a cluster or a socket of Redis',
  inCode: 'use a client of redis',
  catalog: 'redisCatalog, or openSessionStorage for its records, over a client of redis',
};
const prisma = "That is one of Prisma's own service: name the database behind it.";

/** What to write in place of URLs that others take. */
const adviceOnSchemes: Readonly<Record<string, string | NoUrl>> = {
  file:
    'For an SQLite file, write sqlite: in place of file:. A relative path of Prisma starts from the folder of ' +
    "its schema, and one of sqlite: from the app's: file:dev.sqlite in prisma/schema.prisma is sqlite:prisma/dev.sqlite.",
  sqlite3: 'For an SQLite file, write sqlite: in place of sqlite3:.',
  libsql: { store: 'For libSQL (Turso) over Prisma', ...ofPrisma },
  mongodb,
  'mongodb+srv': mongodb,
  sqlserver: { store: 'For SQL Server over Prisma', ...ofPrisma },
  valkey: 'For Valkey, write redis: in place of valkey:.',
  valkeys: 'For Valkey, write rediss: in place of valkeys:.',
  'redis+sentinel': redisClient,
  'redis-sentinel': redisClient,
  'redis+cluster': redisClient,
  'redis+unix': redisClient,
  unix: redisClient,
  mysql2: 'Write mysql: in place of mysql2:.',
  prisma,
  'prisma+postgres': prisma,
  jdbc: 'Leave out jdbc:.',
};
