// The Redis catalog takes a client of every release of node-redis that docs/catalogs.md names.
import { createClient } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { createClient as createClient6 } from 'redis-6';
import { expect, onTestFinished, test } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { uniqueName } from '../conformance/backend.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { offlineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';

const url = sharedServer('redis') ?? '';

const releases = {
  'redis 4': () => createClient4({ url }),
  'redis 5': () => createClient({ url }),
  'redis 6': () => createClient6({ url }),
};

test.skipIf(url === '').each(Object.entries(releases))('%s', async (_, create) => {
  const sessionKeyPrefix = uniqueName();
  const catalog = redisCatalog(create(), { sessionKeyPrefix });
  onTestFinished(async () => {
    await catalog.disconnect?.();
    await removeRedisKeys(url, `${sessionKeyPrefix}*`);
  });
  const first = offlineSession('a.myshopify.com').toObject() as StoredSession;
  const next = { ...first, accessToken: 'next' };

  expect(await catalog.replaceSession(undefined, first)).toBe(true);
  expect(await catalog.replaceSessions?.([{ current: first, next }])).toEqual([true]);
  expect(await catalog.replaceSession(first, next)).toBe(false);
  const found: StoredSession[] = [];
  for await (const session of catalog.sessions()) found.push(session);
  expect(found).toEqual([next]);
  expect(await catalog.removeSession?.(next)).toBe(true);
  expect(await catalog.loadSession?.(first.id)).toBeUndefined();
});
