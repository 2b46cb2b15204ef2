// @shopify/shopify-app-session-storage-kv on the KV of Cloudflare's own runtime, through miniflare.
import { KVSessionStorage } from '@shopify/shopify-app-session-storage-kv';
import { Miniflare } from 'miniflare';
import { afterAll } from 'vitest';
import { type Backend, officialCapabilities, type Place } from '../backend.js';

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

/** The namespaces that no place has. All are of one runtime, since it takes a second to start. */
const free = ['ONE', 'TWO', 'THREE', 'FOUR'];
let runtime: Miniflare | undefined;
afterAll(() => runtime?.dispose());

/** What runs in the runtime: it empties the namespace that is named, without a round trip for each key. */
const script = `export default {
  async fetch(request, namespaces) {
    const namespace = namespaces[await request.text()];
    const { keys } = await namespace.list();
    await Promise.all(keys.map(({ name }) => namespace.delete(name)));
    return new Response(String(keys.length));
  },
};`;

function runtimeOfAll(): Miniflare {
  runtime ??= new Miniflare({ modules: true, script, kvNamespaces: [...free] });
  return runtime;
}

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
    runtimeOfAll();
    const name = free.shift();
    if (name === undefined) throw new Error('Every namespace is taken.');
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
  async drop(place) {
    await emptyKv(place);
    free.push(place.name ?? '');
  },
};

/** The namespace of a place. */
export async function kvNamespaceOf({ name = '' }: Place): Promise<KvNamespace> {
  return (await runtimeOfAll().getKVNamespace(name)) as unknown as KvNamespace;
}

/** Removes all that is in a place. */
export async function emptyKv({ name = '' }: Place): Promise<void> {
  // No more than a list has at once.
  const options = { method: 'POST', body: name };
  while ((await (await runtimeOfAll().dispatchFetch('http://kv/', options)).text()) !== '0');
}

async function contentsOfKv(namespace: KvNamespace): Promise<string> {
  const { keys } = await namespace.list();
  const entries = keys.map(async ({ name }) => [name, await namespace.get(name)]);
  return JSON.stringify(await Promise.all(entries));
}
