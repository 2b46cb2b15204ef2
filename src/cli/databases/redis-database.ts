// Looks for sessions among the keys of a Redis, which tell by what they start with.
import { redisCatalog } from '../../catalogs/redis/index.js';
import { memberOf } from '../../foreign-object.js';
import { defaultPrefix } from '../../keyv-session-storage/index.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { isRedisReply } from '../../store-access/driver-errors.js';
import { listOf, textOf } from '../../store-access/redis/index.js';
import type { FoundTable } from '../found-layout.js';
import { within } from '../in-time.js';
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
  const send = (args: string[]) => within(deadline, client.sendCommand(args));
  const kinds = kindsOf(prefix);
  let others: Keys[] = [];
  return {
    async identity() {
      const id = /^run_id:([\da-f]{40})\s*$/m.exec(String(await send(['INFO', 'server'])))?.[1];
      return id === undefined ? undefined : [id, redisDatabaseOf(url)];
    },
    looksInSteps: true,
    async tables() {
      const found = await kindsThere(send, kinds);
      others = found.filter((kind) => !kinds.includes(kind));
      return kinds.filter((kind) => found.includes(kind));
    },
    moreTables: async () => others,
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

/** How the ids of sessions begin that outlast their user's visit, after the prefix of either kind. */
const offlineKey = /^(.+)(:id:|_)offline_[\w-]+\.[\w.-]+$/;

/** The kind of a key that has the id of such a session. */
function kindById(key: string): Keys | undefined {
  const [, prefix = '', separator] = offlineKey.exec(key) ?? [];
  if (prefix === '') return undefined;
  const startWith = `${prefix}${separator}`;
  if (separator === '_') return { name: prefix, columns: sessionColumns, startWith };
  const name = prefix === defaultPrefix ? defaultTables.records : prefix;
  return { name, columns: recordColumns, startWith };
}

/**
 * Those of `known` that there are, and others that hold sessions. All keys are gone through, once; others than
 * sessions, such as locks, may be called after them.
 */
async function kindsThere(send: Send, known: readonly Keys[]): Promise<Keys[]> {
  const found = new Map<string, Keys>();
  const take = async (key: string) => {
    const kind = kindById(key);
    if (kind === undefined || found.has(kind.startWith)) return;
    if (await mayBeSession(send, key, kind)) found.set(kind.startWith, kind);
  };
  let cursor = '0';
  do {
    const [next, page] = listOf(await send(['SCAN', cursor, 'COUNT', '1000']));
    const keys = listOf(page).map(String);
    for (const kind of known) {
      if (keys.some((key) => key.startsWith(kind.startWith))) found.set(kind.startWith, kind);
    }
    await Promise.all(keys.map(take));
    cursor = String(next);
  } while (cursor !== '0');
  return [...found.values()].sort((a, b) => (a.startWith < b.startWith ? -1 : 1));
}

/** How the values of both kinds begin. Keyv may have put a record, as text, into other JSON. */
const record = /^(?:\{"value":")?\{\\?"v\\?":\d+,\\?"type\\?":\\?"(?:session|reservation)\\?"/;
const official = /^\[\[/;

async function mayBeSession(send: Send, key: string, { columns }: Keys): Promise<boolean> {
  try {
    const value = textOf(await send(['GET', key])) ?? '';
    return (columns === recordColumns ? record : official).test(value);
  } catch (error) {
    if (!isRedisReply(error)) throw error;
    // A list or a hash is not a session. What this user must not read may be one.
    return !String(memberOf(error, 'message')).startsWith('WRONGTYPE');
  }
}
