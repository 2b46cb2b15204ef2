// A server's part that keeps sessions, told what to do by lines on standard input; bundled with all
// that it uses, and run where there is no node_modules.
import { createInterface } from 'node:readline';
import { Session } from '@shopify/shopify-api';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { open } from './store.js';

const { STORE_URL = '', PLACE = '' } = process.env;
const shop = `${PLACE}.myshopify.com`;
const id = `offline_${shop}`;
const accessToken = `a token of ${shop}`;

async function store(): Promise<string> {
  const storage = new EncryptedSessionStorage(open(STORE_URL));
  await storage.storeSession(new Session({ id, shop, state: '', isOnline: false, accessToken }));
  if (STORE_URL === 'memory:') return load(storage);
  // A storage that has stored nothing yet has to find the class of sessions by itself.
  const another = new EncryptedSessionStorage(open(STORE_URL));
  await load(storage);
  sessions = storage;
  return load(another);
}

let sessions: ReturnType<typeof wrap>;
const wrap = () => new EncryptedSessionStorage(open(STORE_URL));

async function load(storage = sessions): Promise<string> {
  const session = await storage.loadSession(id);
  if (!(session instanceof Session)) throw new Error('Not a session of the class of the app.');
  if (session.accessToken !== accessToken) throw new Error('Another token.');
  if ((await storage.findSessionsByShop(shop)).length !== 1) throw new Error('Not found by shop.');
  return 'loaded';
}

/** A connection that was lost may fail what is under way; the next call has another. */
async function loadSoon(): Promise<string> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}

async function remove(): Promise<string> {
  if (STORE_URL !== 'memory:') await sessions.deleteSessions([id]);
  return 'removed';
}

const commands: Record<string, () => Promise<string>> = { store, load: loadSoon, remove };

createInterface(process.stdin).on('line', (line) => {
  const command = commands[line];
  if (command === undefined) process.exit(0);
  command().then(
    (answer) => console.log(`${line}: ${answer}`),
    (error: unknown) =>
      console.log(
        `${line}: failed, ${error instanceof Error ? error.stack : error}`.replaceAll('\n', ' '),
      ),
  );
});
