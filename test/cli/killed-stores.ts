// The stores whose server is killed in the middle of a command: through Keyv, and the official
// storages through their catalogs, opened as the README says.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openSessionStorage } from '../../src/open/index.js';
import { type Connection, type Place, uniqueName } from '../conformance/backend.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { officialRedis } from '../conformance/backends/official-redis.js';
import { canStartMysql, startMysql } from '../servers/mysql.js';
import { canStartPostgres, startPostgres } from '../servers/postgres.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import type { Program } from './program.js';
import { type CatalogSource, catalogOfUrl } from './stopping-catalog.js';

export interface KilledStore {
  readonly name: string;
  /** How many sessions are read at once. */
  readonly page: number;
  canStart(): boolean;
  start(): Promise<{
    readonly url: string;
    kill(): Promise<void>;
    restart(): Promise<void>;
    stop(): Promise<void>;
  }>;
  /** Makes a new and empty place on the server. */
  create(url: string): Promise<Place>;
  /** Opens the storage as an app does. */
  connect(place: Place): Promise<Pick<Connection, 'storage' | 'close'>>;
  catalog(program: Program, place: Place): CatalogSource;
}

/** Of each call, in milliseconds: a healthy server of a busy machine may take its time. */
const deadline = 10_000;

const require = createRequire(import.meta.url);
const redis = { canStart: canStartRedis, start: () => startRedis() };
const postgres = { canStart: canStartPostgres, start: () => startPostgres() };
const mysql = { canStart: canStartMysql, start: () => startMysql() };

/** @param option Of the URL: what keeps the records of one place from those of another. */
const throughKeyv = (
  option: 'prefix' | 'table',
): Pick<KilledStore, 'create' | 'connect' | 'catalog'> => ({
  create: async (url) => ({ url: `${url}?${option}=${uniqueName()}` }),
  async connect({ url = '' }) {
    const storage = openSessionStorage(url);
    return { storage, close: () => storage.disconnect() };
  },
  catalog: (program, { url = '' }) => catalogOfUrl(program, url, { deadline }),
});

/** @param open The expression that opens the catalog at `place`, of which `options` are the last. */
const official =
  (entry: string, client: Readonly<Record<string, string>>, open: string) =>
  ({ folder }: Program, place: Place): CatalogSource => ({
    imports: {
      '* as ours': join(folder, `dist/${entry}.mjs`),
      ...Object.fromEntries(
        Object.entries(client).map(([clause, name]) => [clause, require.resolve(name)]),
      ),
    },
    catalog: `await (async (place, deadline) => ours.${open})(${JSON.stringify(place)}, ${deadline})`,
  });

export const killedStores: readonly KilledStore[] = [
  { ...redis, ...throughKeyv('prefix'), name: 'Redis through Keyv', page: 1_000 },
  { ...postgres, ...throughKeyv('table'), name: 'PostgreSQL through Keyv', page: 500 },
  {
    ...redis,
    ...officialRedis,
    page: 1_000,
    catalog: official(
      'redis',
      { '{ createClient }': 'redis' },
      'redisCatalog(await createClient({ url: place.server }).connect(), { deadline, sessionKeyPrefix: place.prefix })',
    ),
  },
  {
    ...postgres,
    ...officialPostgres,
    page: 1_000,
    catalog: official(
      'postgresql',
      { pg: 'pg' },
      'postgresqlCatalog(new pg.Pool({ connectionString: place.database }), { deadline })',
    ),
  },
  {
    ...mysql,
    ...officialMysql,
    page: 1_000,
    catalog: official(
      'mysql',
      { mysql: 'mysql2/promise' },
      'mysqlCatalog(mysql.createPool(place.database), { deadline })',
    ),
  },
];
