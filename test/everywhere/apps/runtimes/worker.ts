// A Cloudflare Worker that keeps its sessions in Workers KV, wrapped.
import { Session } from '@shopify/shopify-api';
import { KVSessionStorage } from '@shopify/shopify-app-session-storage-kv';
import { EncryptedSessionStorage, Keyring } from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
import { open, seal } from './exchange.mjs';

interface Environment {
  readonly KEYS: string;
  readonly SESSIONS: ConstructorParameters<typeof KVSessionStorage>[0] & {
    get(key: string): Promise<string | null>;
  };
}

async function check({ KEYS, SESSIONS }: Environment): Promise<string> {
  const kv = new KVSessionStorage(SESSIONS);
  const storage = new EncryptedSessionStorage(kv, { keyring: Keyring.parse(KEYS) });
  const shop = 'a.myshopify.com';
  const id = `offline_${shop}`;
  await storage.storeSession(
    new Session({ id, shop, state: '', isOnline: false, accessToken: 'a token' }),
  );
  const raw = await kv.loadSession(id);
  if (!raw?.accessToken?.startsWith('eyJ')) throw new Error('The token is not sealed.');
  const session = await storage.loadSession(id);
  if (!(session instanceof Session)) throw new Error('Not a session of the class of the app.');
  if (session.accessToken !== 'a token') throw new Error('Another token.');
  if ((await storage.findSessionsByShop(shop)).length !== 1) throw new Error('Not found by shop.');
  await storage.deleteSessions([id]);
  return 'checked';
}

const memory = openSessionStorage('memory:');
let shared: EncryptedSessionStorage<typeof memory> | undefined;

/** Stores and loads by a storage and a key ring that all requests use. Answers which key sealed. */
async function share(id: string): Promise<string> {
  if (shared === undefined) {
    const load = async () => (await fetch('http://secrets/keys')).text();
    const keyring = await Keyring.fromSource(load, { refreshInterval: 1_000 });
    shared ??= new EncryptedSessionStorage(memory, { keyring });
  }
  const shop = 'a.myshopify.com';
  const session = new Session({ id, shop, state: '', isOnline: false, accessToken: id });
  await shared.storeSession(session);
  if ((await shared.loadSession(id))?.accessToken !== id) throw new Error('Another token.');
  const [header = ''] = (await memory.loadSession(id))?.accessToken?.split('.') ?? [];
  return (JSON.parse(atob(header)) as { kid: string }).kid;
}

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const [, command, name = ''] = new URL(request.url).pathname.split('/');
    try {
      if (command === 'check') return new Response(await check(environment));
      if (command === 'share') return new Response(await share(name));
      if (command === 'seal') return new Response(await seal(environment.KEYS, name));
      return new Response(await open(environment.KEYS, await request.json()));
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};
