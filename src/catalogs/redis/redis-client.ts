// Sends commands through a node-redis client, of one server or of a cluster.

/** What is needed of a client made by `createClient` of `redis`. */
export interface RedisClient {
  sendCommand(args: string[]): Promise<unknown>;
  close?(): unknown;
  quit?(): unknown;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** What is needed of a cluster client made by `createCluster` of `redis`. */
export interface RedisClusterClient {
  readonly masters: readonly object[];
  // biome-ignore lint/suspicious/noExplicitAny: its parameter is one of `masters`
  nodeClient(node: any): unknown;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  close?(): unknown;
  quit?(): unknown;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** The commands that a catalog needs, on one server or on a cluster. */
export interface RedisCommands {
  get(key: string): Promise<string | undefined>;
  readonly isCluster: boolean;
  /** Runs a script that works on some keys, all of one node. */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** About how many keys under a prefix hold such a value, judging by a thousand keys of each server. */
  estimate(prefix: string, isCounted: (value: string) => boolean): Promise<number>;
  /** Keys that match, page by page, each with its value if that is a text. */
  scan(pattern: string): AsyncGenerator<(readonly [key: string, value: string])[]>;
}

/** Runs one call to the server, as `StoreAccess.run` does. */
type Run = <T>(operation: () => Promise<T>) => Promise<T>;

/** Keys that one SCAN looks at: few round trips, none of which keeps the server for long. */
const scanCount = '1000';

export function redisCommands(client: RedisClient | RedisClusterClient, run: Run): RedisCommands {
  const isCluster = (some: RedisClient | RedisClusterClient): some is RedisClusterClient =>
    'nodeClient' in some;
  const send = isCluster(client)
    ? (key: string, isReadonly: boolean, args: string[]) =>
        client.sendCommand(key, isReadonly, args)
    : (_key: string, _isReadonly: boolean, args: string[]) => client.sendCommand(args);

  const get = async (key: string) => textOf(await send(key, false, ['GET', key]));
  // The keys of one page may belong to different slots of a node, so that MGET would refuse them.
  const getMany = isCluster(client)
    ? (keys: string[]) => Promise.all(keys.map(get))
    : async (keys: string[]) =>
        ((await client.sendCommand(['MGET', ...keys])) as unknown[]).map(textOf);

  const nodes = async () =>
    isCluster(client)
      ? Promise.all(client.masters.map((node) => client.nodeClient(node) as RedisClient))
      : [client];

  return {
    get,
    async estimate(prefix, isCounted) {
      let total = 0;
      for (const node of await nodes()) {
        const size = Number(await node.sendCommand(['DBSIZE']));
        const scan = ['SCAN', '0', 'COUNT', scanCount];
        const [, found] = (await node.sendCommand(scan)) as [unknown, unknown[]];
        const keys = found.map(String).filter((key) => key.startsWith(prefix));
        const values = keys.length === 0 ? [] : await getMany(keys);
        const counted = values.filter((value) => value !== undefined && isCounted(value)).length;
        if (counted > 0) total += size * (counted / found.length);
      }
      return Math.round(total);
    },
    isCluster: isCluster(client),
    evaluate: (script, keys, values) =>
      send(keys[0] ?? '', false, ['EVAL', script, String(keys.length), ...keys, ...values]),
    async *scan(pattern) {
      for (const node of await nodes()) {
        let cursor = '0';
        do {
          const args = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', scanCount];
          const page = await run(async () => {
            const [next, found] = (await node.sendCommand(args)) as [unknown, unknown[]];
            cursor = String(next);
            // SCAN may name a key more than once.
            const keys = [...new Set(found.map(String))];
            const values = keys.length === 0 ? [] : await getMany(keys);
            return keys.flatMap((key, index) => {
              const value = values[index];
              return value === undefined ? [] : [[key, value] as const];
            });
          });
          yield page;
        } while (cursor !== '0');
      }
    },
  };
}

/** A reply as text. A client may be set up to answer with Buffers, whose `toString` is UTF-8. */
function textOf(reply: unknown): string | undefined {
  return reply === null || reply === undefined ? undefined : String(reply);
}
