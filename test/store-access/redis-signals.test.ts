// A command that a client of node-redis has not sent yet when its call runs out of time is never sent, in every
// release that is supported.
import { createClient } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { createClient as createClient6 } from 'redis-6';
import { expect, onTestFinished, test } from 'vitest';
import { hasMembers } from '../../src/foreign-object.js';
import { StoreAccess } from '../../src/store-access/index.js';
import { RedisConnection } from '../../src/store-access/redis/index.js';
import { canStartRedis, startRedis } from '../servers/redis.js';

/** More than a connection to a server that reads nothing takes in. */
const large = 'x'.repeat(32 * 1024 * 1024);

const releases: Readonly<Record<string, (url: string) => unknown>> = {
  'redis 4': (url) => createClient4({ url }),
  'redis 5': (url) => createClient({ url }),
  'redis 6': (url) => createClient6({ url }),
};

test.skipIf(!canStartRedis()).each(Object.entries(releases))('%s', async (_name, create) => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const make = () => {
    const client = create(server.url);
    if (!hasMembers(client)) throw new Error('It made no client.');
    return client;
  };
  const access = new StoreAccess('Redis', 60_000);
  const connection = new RedisConnection({ kind: 'client', make, access });
  onTestFinished(() => connection.close());
  const send = (signal: AbortSignal, ...args: string[]) =>
    connection.send({ key: '', args }, signal);

  const deadline = new AbortController();
  // The connection is not silent.
  await send(deadline.signal, 'PING');
  server.freeze();
  onTestFinished(() => server.thaw());
  const sent = send(new AbortController().signal, 'SET', 'sent', large);
  const late = send(deadline.signal, 'SET', 'late', '1');
  deadline.abort();
  server.thaw();
  const [{ status }] = await Promise.allSettled([late, sent]);
  expect(status).toBe('rejected');
  expect(await server.command(['GET', 'late'])).toBeNull();
});
