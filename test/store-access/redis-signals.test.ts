// A command that a client of node-redis has not sent yet when its call runs out of time is never sent, in every
// release that is supported.
import { createClient } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { createClient as createClient6 } from 'redis-6';
import { expect, onTestFinished, test } from 'vitest';
import { hasMembers } from '../../src/foreign-object.js';
import { call, destroy, sendRedisCommand } from '../../src/store-access/redis/redis-client.js';
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
  const client = create(server.url);
  if (!hasMembers(client)) throw new Error('It made no client.');
  call(client, 'on', 'error', () => {});
  await call(client, 'connect');
  onTestFinished(() => destroy(client));

  server.freeze();
  onTestFinished(() => server.thaw());
  const sent = call(client, 'set', 'sent', large);
  const deadline = new AbortController();
  const command = { key: 'late', args: ['SET', 'late', '1'] };
  const late = sendRedisCommand(client, 'client', command, deadline.signal);
  deadline.abort();
  server.thaw();
  await expect(late).rejects.toThrow();
  expect(await sent).toBe('OK');
  expect(await call(client, 'get', 'late')).toBeNull();
});
