// Keyv 5 and Keyv 6 in memory, and over an adapter of which nothing is known.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { Keyv as Keyv5 } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { KeyvSessionStorage } from '../../../src/index.js';
import type { Backend, Capabilities } from '../backend.js';

/** What `KeyvSessionStorage` guarantees on every backend that can compare and swap. */
export const keyvCapabilities: Capabilities = {
  processes: true,
  exactIndex: true,
  findsOnce: true,
  foundPerShop: Number.POSITIVE_INFINITY,
  forgetsTokens: true,
  copies: true,
  deletesNone: true,
  anyId: true,
  exactFields: true,
};

/** Each way to keep sessions of one process in a Map. */
function memoryBackend(name: string, open: (map: Map<string, string>) => SessionStorage): Backend {
  return {
    name,
    server: undefined,
    capabilities: { ...keyvCapabilities, processes: false },
    create: async () => ({}),
    async connect() {
      const map = new Map<string, string>();
      return {
        storage: open(map),
        raw: async () => [...map].map((entry) => JSON.stringify(entry)).join('\n'),
        close: async () => {},
      };
    },
    drop: async () => {},
  };
}

export const keyv5Memory: Backend = memoryBackend(
  'Keyv 5 in memory',
  (store) => new KeyvSessionStorage(new Keyv5({ store })),
);

export const keyv6Memory: Backend = memoryBackend(
  'Keyv 6 in memory',
  (store) => new KeyvSessionStorage(new Keyv6({ store })),
);

/** The least that Keyv asks of an adapter, each call answering some time later. */
class SlowAdapter {
  readonly opts = {};
  namespace: string | undefined;
  readonly #map: Map<string, string>;

  constructor(map: Map<string, string>) {
    this.#map = map;
  }

  async get(key: string): Promise<string | undefined> {
    await later();
    return this.#map.get(key);
  }

  async set(key: string, value: string): Promise<void> {
    await later();
    this.#map.set(key, value);
  }

  async delete(key: string): Promise<boolean> {
    await later();
    return this.#map.delete(key);
  }

  async clear(): Promise<void> {
    this.#map.clear();
  }

  on(): this {
    return this;
  }
}

const later = () => new Promise((resolve) => setImmediate(resolve));

export const keyvUnknownAdapter: Backend = memoryBackend(
  'Keyv 5 with an unknown adapter',
  (map) => new KeyvSessionStorage(new Keyv5({ store: new SlowAdapter(map) })),
);
