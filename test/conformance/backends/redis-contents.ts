// Looks at and removes what a test has stored on a Redis server.
import { redisClient } from '../../servers/redis.js';

/** Every key that matches `pattern`, with its content in whatever type it has. */
export async function redisContents(url: string, pattern: string): Promise<string> {
  return withKeys(url, pattern, async (client, keys) => {
    const contents: string[] = [];
    for (const key of keys) {
      const read = readers[await client.type(key)] ?? ['DUMP'];
      const content = await client.sendCommand([read[0] ?? 'DUMP', key, ...read.slice(1)]);
      contents.push(JSON.stringify([key, content]));
    }
    return contents.join('\n');
  });
}

// `DUMP` of a longer value can be compressed, which would hide what is searched for.
const readers: Readonly<Record<string, readonly string[]>> = {
  string: ['GET'],
  hash: ['HGETALL'],
  list: ['LRANGE', '0', '-1'],
  set: ['SMEMBERS'],
  zset: ['ZRANGE', '0', '-1'],
};

/** Removes every key that matches `pattern`. */
export async function removeRedisKeys(url: string, pattern: string): Promise<void> {
  await withKeys(url, pattern, async (client, keys) => {
    for (const key of keys) await client.unlink(key);
  });
}

async function withKeys<T>(
  url: string,
  pattern: string,
  use: (client: ReturnType<typeof redisClient>, keys: string[]) => Promise<T>,
): Promise<T> {
  const client = redisClient(url);
  await client.connect();
  try {
    const keys: string[] = [];
    for await (const found of client.scanIterator({ MATCH: pattern, COUNT: 1_000 })) {
      keys.push(...found);
    }
    return await use(client, keys);
  } finally {
    client.destroy();
  }
}
