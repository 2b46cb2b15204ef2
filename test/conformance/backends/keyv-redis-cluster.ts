// Keyv 5 with @keyv/redis on a Redis Cluster. The place's server is a list of its nodes' URLs.
import KeyvRedis, { createCluster } from '@keyv/redis';
import { Keyv } from 'keyv';
import { KeyvSessionStorage } from '../../../src/index.js';
import { type Backend, uniqueName } from '../backend.js';
import { keyvCapabilities } from './keyv-memory.js';
import { redisContents, removeRedisKeys } from './redis-contents.js';

const nodes = (server: string) => server.split(' ');

export const keyvRedisCluster: Backend = {
  name: 'Keyv 5 with @keyv/redis on a Redis Cluster',
  server: undefined,
  capabilities: keyvCapabilities,
  create: async (server) => ({ server, prefix: uniqueName() }),
  async connect({ server = '', prefix = '' }) {
    const cluster = createCluster({ rootNodes: nodes(server).map((url) => ({ url })) });
    const storage = new KeyvSessionStorage(new Keyv(new KeyvRedis(cluster)), { prefix });
    return {
      storage,
      raw: async () => {
        const contents = nodes(server).map((url) => redisContents(url, `*${prefix}*`));
        return (await Promise.all(contents)).join('\n');
      },
      close: () => storage.disconnect(),
    };
  },
  async drop({ server = '', prefix = '' }) {
    await Promise.all(nodes(server).map((url) => removeRedisKeys(url, `*${prefix}*`)));
  },
};
