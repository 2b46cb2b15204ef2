// Looks for sessions among the keys of a Redis, which tell by what they start with.
import { redisCatalog } from '../../catalogs/redis/index.js';
import { defaultPrefix } from '../../keyv-session-storage/index.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { keysStartingWith } from '../../store-access/redis/index.js';
import type { FoundTable } from '../found-layout.js';
import { defaultTables } from '../layout-options.js';
import { redisDatabaseOf } from '../store-identity.js';
import { recordColumns, sessionColumns } from '../store-layout.js';
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
    async identity() {
      const id = /^run_id:([\da-f]{40})\s*$/m.exec(String(await send(['INFO', 'server'])))?.[1];
      return id === undefined ? undefined : [id, redisDatabaseOf(url)];
    },
    async tables() {
      const found = [];
      for (const table of kindsOf(prefix)) if (await hasKey(send, table)) found.push(table);
      return found;
    },
    moreTables: () => kindsByIds(send, Math.min(lookAtMost, deadline / 2)),
    holdsSessions: async () => true,
    catalog: ({ table }) => redisCatalog(client, { sessionKeyPrefix: table, deadline }),
    close: async () => client.destroy?.(),
  };
}

type Send = (args: string[]) => Promise<unknown>;

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

/** How long other prefixes are looked for, in milliseconds: a large Redis would take longer than is of use. */
const lookAtMost = 2_000;
/** How the ids of sessions begin that outlast their user's visit, after the prefix of either kind. */
const offlineKey = /^(.+)(:id:|_)offline_[\w-]+\.[\w.-]+$/;

/** Under which prefixes there are sessions, as far as their ids show it. */
async function kindsByIds(send: Send, atMost: number): Promise<Keys[]> {
  const found = new Map<string, Keys>();
  const end = performance.now() + atMost;
  for await (const keys of keysLike(send, '*offline_*')) {
    for (const key of keys) {
      const [, prefix = '', separator] = offlineKey.exec(String(key)) ?? [];
      if (prefix === '') continue;
      const isRecord = separator === ':id:';
      const name = isRecord && prefix === defaultPrefix ? defaultTables.records : prefix;
      const startWith = `${prefix}${separator}`;
      found.set(startWith, {
        name,
        columns: isRecord ? recordColumns : sessionColumns,
        startWith,
      });
    }
    if (performance.now() > end) break;
  }
  return [...found.values()].sort((a, b) => (a.startWith < b.startWith ? -1 : 1));
}

/** Whether there is such a key; every key is looked at if there is none. */
async function hasKey(send: Send, { startWith }: Keys): Promise<boolean> {
  for await (const keys of keysLike(send, keysStartingWith(startWith)))
    if (keys.length > 0) return true;
  return false;
}

async function* keysLike(send: Send, pattern: string): AsyncGenerator<readonly unknown[]> {
  let cursor = '0';
  do {
    const reply = await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000']);
    const [next, keys] = reply as [unknown, unknown[]];
    yield keys;
    cursor = String(next);
  } while (cursor !== '0');
}
