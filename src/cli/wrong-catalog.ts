// What a module exports in place of a session catalog, and what to export instead.
import { hasMethods, memberOf } from '../foreign-object.js';

/** The catalogs of the official storages, by the class of the storage. */
export const catalogsByStorage: Readonly<Record<string, readonly [entry: string, call: string]>> = {
  PrismaSessionStorage: ['prisma', 'prismaCatalog(prisma)'],
  PostgreSQLSessionStorage: ['postgresql', 'postgresqlCatalog(pool)'],
  DrizzleSessionStoragePostgres: ['postgresql', 'postgresqlCatalog(pool, options)'],
  MySQLSessionStorage: ['mysql', 'mysqlCatalog(pool)'],
  DrizzleSessionStorageMySQL: ['mysql', 'mysqlCatalog(pool, options)'],
  SQLiteSessionStorage: ['sqlite', 'sqliteCatalog(database)'],
  DrizzleSessionStorageSQLite: ['sqlite', 'sqliteCatalog(database, options)'],
  RedisSessionStorage: ['redis', 'redisCatalog(client)'],
  MongoDBSessionStorage: ['mongodb', 'mongodbCatalog(database)'],
  DynamoDBSessionStorage: ['dynamodb', 'dynamodbCatalog(client)'],
  KVSessionStorage: ['kv', 'kvCatalog(namespace)'],
};

/** One or two sentences. Nothing of the value is repeated. */
export function describeWrongCatalog(exported: unknown): string {
  if (!hasMethods(exported, 'storeSession', 'loadSession')) {
    return (
      'neither the default export nor the export "catalog" is a session catalog (with sessions and ' +
      'replaceSession) or a function that returns one.'
    );
  }
  const inner = memberOf(exported, 'inner');
  if (inner !== undefined) {
    const mend = hasMethods(inner, 'sessions', 'replaceSession')
      ? 'Export the storage in it.'
      : mendFor(inner);
    return `the module exports an EncryptedSessionStorage, which hands out opened tokens. ${mend}`;
  }
  return `the module exports a session storage, not its catalog. ${mendFor(exported)}`;
}

function mendFor(storage: unknown): string {
  const name = String(memberOf(memberOf(storage, 'constructor'), 'name'));
  const known = Object.hasOwn(catalogsByStorage, name) ? catalogsByStorage[name] : undefined;
  if (known === undefined) return 'Export the catalog of that storage.';
  const [entry, call] = known;
  return `Export its catalog: ${call}, from shopify-app-session-storage-encrypted/${entry}.`;
}
