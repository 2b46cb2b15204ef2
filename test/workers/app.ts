// A Cloudflare Worker whose storages and key rings are of the module, so that many requests use them.
import { Keyv } from 'keyv';
import { kvCatalog } from '../../src/catalogs/kv/index.js';
import { EncryptedSessionStorage, Keyring, KeyvSessionStorage } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import type { SessionLike } from '../../src/session.js';

/** What the Worker asks for is answered by the test. */
async function ask(path: string, body?: string): Promise<string> {
  const init = body === undefined ? {} : { method: 'POST', body };
  const answer = await fetch(`http://test/${path}`, init);
  return answer.text();
}

/** A Keyv adapter that keeps its records elsewhere, and cannot compare and swap. */
const remote = {
  opts: {},
  on() {},
  get: async (key: string) => (await ask(`get/${encodeURIComponent(key)}`)) || undefined,
  set: async (key: string, value: string) => {
    await ask(`set/${encodeURIComponent(key)}`, value);
    return true;
  },
  delete: async (key: string) => {
    await ask(`delete/${encodeURIComponent(key)}`, '');
    return true;
  },
  async clear() {},
};

/** A session storage of the app's own. */
const rows = new Map<string, SessionLike>();
const own = {
  storeSession: async (session: SessionLike) => Boolean(rows.set(session.id, session)),
  loadSession: async (id: string) => rows.get(id),
  deleteSession: async (id: string) => rows.delete(id),
};

const kv = kvCatalog(
  {
    get: async (key) => (await remote.get(key)) ?? null,
    put: (key, value) => remote.set(key, value),
    delete: (key) => remote.delete(key),
    list: async () => ({ keys: [], list_complete: true }),
  },
  { deadline: 2_000 },
);

function openStorages() {
  const keyring = Keyring.generate();
  return {
    memory: new EncryptedSessionStorage(openSessionStorage('memory:'), { keyring }),
    keyv: new EncryptedSessionStorage(new Keyv(), { keyring }),
    remote: new EncryptedSessionStorage(
      new KeyvSessionStorage(new Keyv({ store: remote as never }), { deadline: 2_000 }),
      { keyring },
    ),
  };
}
/** Made by the first request: a Worker has no random numbers before. */
let storages: ReturnType<typeof openStorages> | undefined;
let sourced: EncryptedSessionStorage<typeof own> | undefined;
let source: Keyring | undefined;

async function storageOf(name: string) {
  if (name !== 'sourced') {
    storages ??= openStorages();
    return storages[name as keyof typeof storages];
  }
  source ??= await Keyring.fromSource(() => ask('keys'), { refreshInterval: 1_000 });
  sourced ??= new EncryptedSessionStorage(own, { keyring: source });
  return sourced;
}

const sessionOf = (id: string, shop: string) => ({
  id,
  shop,
  state: '',
  isOnline: false,
  accessToken: `token of ${id}`,
});

async function answer(request: Request): Promise<string> {
  const [, name = '', command, id = '', shop = 'a.myshopify.com'] = new URL(
    request.url,
  ).pathname.split('/');
  if (name === 'kv') {
    const adding = kv.replaceSession(undefined, sessionOf(id, shop));
    return command === 'leave' ? 'left' : String(await adding);
  }
  const storage = await storageOf(name);
  const session = sessionOf(id, shop) as never;
  switch (command) {
    case 'use': {
      await storage.storeSession(session);
      const loaded = await storage.loadSession(id);
      return loaded?.accessToken === `token of ${id}` ? 'ok' : 'another token';
    }
    case 'store':
      return String(await storage.storeSession(session));
    // The answer ends the request, and all that it began.
    case 'leave':
      storage.storeSession(session).catch(() => {});
      return 'left';
    case 'load':
      return String((await storage.loadSession(id))?.accessToken);
    case 'put':
      rows.set(id, (await request.json()) as SessionLike);
      return 'put';
    case 'row':
      return String(rows.get(id)?.accessToken);
    // What the first of these begins to load has time to come.
    default:
      await ask(`get/${source?.primary}`);
      return source?.primary ?? '';
  }
}

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      return new Response(await answer(request));
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return new Response(`${code ?? 'no code'}: ${message.slice(0, 80)}`);
    }
  },
};
