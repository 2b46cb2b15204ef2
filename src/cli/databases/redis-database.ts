// Looks for sessions among the keys of a Redis, which tell by what they start with.
import { redisCatalog } from '../../catalogs/redis/index.js';
import { defaultPrefix } from '../../keyv-session-storage/index.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { defaultTables } from '../layout-options.js';
import { type FoundTable, recordColumns, sessionColumns } from '../store-layout.js';
import { connectTimeout, type Database } from './database.js';

/** @param prefix That of the storage, where it was given one. */
export async function connectRedis(
  url: string,
  prefix: string | undefined,
  deadline: number,
): Promise<Database> {
  const createClient = await functionFrom(drivers, 'redis', 'createClient');
  const client = Reflect.apply(createClient, undefined, [
    { url, socket: { connectTimeout, reconnectStrategy: false } },
  ]) as Parameters<typeof redisCatalog>[0] & {
    connect(): Promise<unknown>;
    sendCommand(args: string[]): Promise<unknown>;
    destroy?(): void;
  };
  passOverErrors(client);
  await client.connect();
  const send = (args: string[]) => client.sendCommand(args);
  return {
    async tables() {
      const found = [];
      for (const table of kindsOf(prefix)) if (await hasKey(send, table)) found.push(table);
      return found;
    },
    catalog: ({ table }) => redisCatalog(client, { sessionKeyPrefix: table, deadline }),
    close: async () => client.destroy?.(),
  };
}

interface Keys extends FoundTable {
  readonly startWith: string;
}

function kindsOf(prefix: string | undefined): Keys[] {
  const official = prefix ?? defaultTables.official;
  const records = prefix ?? defaultTables.records;
  // What errors call our records where they have no prefix of their own.
  const ours = records === defaultTables.records ? defaultPrefix : records;
  return [
    { name: records, columns: recordColumns, startWith: `${ours}:id:` },
    { name: official, columns: sessionColumns, startWith: `${official}_` },
  ];
}

/** Whether there is such a key; every key is looked at if there is none. */
async function hasKey(
  send: (args: string[]) => Promise<unknown>,
  { startWith }: Keys,
): Promise<boolean> {
  const pattern = `${startWith.replace(/[[\]*?\\^-]/g, '\\$&')}*`;
  let cursor = '0';
  do {
    const reply = await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000']);
    const [next, keys] = reply as [unknown, unknown[]];
    if (keys.length > 0) return true;
    cursor = String(next);
  } while (cursor !== '0');
  return false;
}
