// Keyv 5 and Keyv 6 with @keyv/redis, and `openSessionStorage`, each under a key prefix of its own.
import KeyvRedis from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { KeyvSessionStorage } from '../../../src/index.js';
import { openSessionStorage } from '../../../src/open/index.js';
import { type Backend, uniqueName } from '../backend.js';
import { keyvCapabilities } from './keyv-memory.js';
import { redisContents, removeRedisKeys } from './redis-contents.js';

function redisBackend(
  name: string,
  open: (url: string, prefix: string) => KeyvSessionStorage,
): Backend {
  return {
    name,
    server: 'redis',
    capabilities: keyvCapabilities,
    create: async (server) => ({ server, prefix: uniqueName() }),
    async connect({ server = '', prefix = '' }) {
      const storage = open(server, prefix);
      return {
        storage,
        // Wherever Keyv puts its own prefix.
        raw: () => redisContents(server, `*${prefix}*`),
        close: () => storage.disconnect(),
      };
    },
    drop: ({ server = '', prefix = '' }) => removeRedisKeys(server, `*${prefix}*`),
  };
}

export const keyv5Redis: Backend = redisBackend(
  'Keyv 5 with @keyv/redis',
  (url, prefix) => new KeyvSessionStorage(new Keyv5(new KeyvRedis(url)), { prefix }),
);

export const keyv6Redis: Backend = redisBackend(
  'Keyv 6 with @keyv/redis',
  (url, prefix) => new KeyvSessionStorage(new Keyv6(new KeyvRedis(url)), { prefix }),
);

export const openedRedis: Backend = redisBackend('openSessionStorage on Redis', (url, prefix) =>
  openSessionStorage(url, { prefix }),
);
