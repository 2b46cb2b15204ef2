// @shopify/shopify-app-session-storage-kv on the KV of Cloudflare's own runtime, through miniflare.
import { KVSessionStorage } from '@shopify/shopify-app-session-storage-kv';
import { Miniflare } from 'miniflare';
import { type Backend, officialCapabilities, uniqueName } from '../backend.js';

const binding = 'SESSIONS';

/** What is used of a KV namespace here. Its full type needs the types of Cloudflare's runtime. */
export interface KvNamespace {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  list(options?: { cursor?: string; limit?: number }): Promise<{
    keys: { name: string }[];
    list_complete: boolean;
    cursor?: string;
  }>;
}

/** The runtimes of this process, by the name of their place. */
const runtimes = new Map<string, Miniflare>();

export const officialKv: Backend = {
  name: 'official KV on workerd',
  server: undefined,
  capabilities: {
    ...officialCapabilities,
    processes: false,
    // Its list of a shop's sessions is read, changed and written back: of two writers one loses.
    exactIndex: false,
    findsOnce: false,
  },
  async create() {
    const name = uniqueName();
    const script = 'export default {};';
    runtimes.set(name, new Miniflare({ modules: true, script, kvNamespaces: [binding] }));
    return { name };
  },
  async connect(place) {
    const namespace = await kvNamespaceOf(place);
    return {
      storage: new KVSessionStorage(namespace as never),
      raw: () => contentsOfKv(namespace),
      close: async () => {},
    };
  },
  async drop({ name = '' }) {
    await runtimes.get(name)?.dispose();
    runtimes.delete(name);
  },
};

/** The namespace of a place. */
export async function kvNamespaceOf({
  name = '',
}: Readonly<Record<string, string>>): Promise<KvNamespace> {
  const runtime = runtimes.get(name);
  if (runtime === undefined) throw new Error('There is no such place.');
  return (await runtime.getKVNamespace(binding)) as unknown as KvNamespace;
}

async function contentsOfKv(namespace: KvNamespace): Promise<string> {
  const { keys } = await namespace.list();
  const entries = keys.map(async ({ name }) => [name, await namespace.get(name)]);
  return JSON.stringify(await Promise.all(entries));
}
