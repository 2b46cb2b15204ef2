// Seals on one runtime what the others open. Uses nothing of any runtime.
import { EncryptedSessionStorage, Keyring } from 'shopify-app-session-storage-encrypted';

interface AppSession {
  readonly id: string;
  shop: string;
  isOnline: boolean;
  accessToken?: string | undefined;
  refreshToken?: string | undefined;
}

/** Text that takes one, two, three and four bytes a character in UTF-8. */
const tokenOf = (runtime: string) => `token of ${runtime}: é € 🔑`;

function storageOver(sessions: Map<string, AppSession>, keys: string) {
  const storage = {
    storeSession: async (session: AppSession) => sessions.set(session.id, { ...session }).size > 0,
    loadSession: async (id: string) => sessions.get(id),
    deleteSession: async (id: string) => sessions.delete(id),
  };
  return new EncryptedSessionStorage(storage, { keyring: Keyring.parse(keys) });
}

/** The session of `runtime`, as a store holds it, in JSON. */
export async function seal(keys: string, runtime: string): Promise<string> {
  const sessions = new Map<string, AppSession>();
  const shop = 'a.myshopify.com';
  const [accessToken, refreshToken] = [tokenOf(runtime), `refresh ${tokenOf(runtime)}`];
  await storageOver(sessions, keys).storeSession({
    id: `offline_${runtime}`,
    shop,
    isOnline: false,
    accessToken,
    refreshToken,
  });
  const stored = sessions.get(`offline_${runtime}`);
  if (!stored?.accessToken?.startsWith('eyJ')) throw new Error('The token is not sealed.');
  return JSON.stringify(stored);
}

/** Opens what `seal` answered on any runtime; answers how many. */
export async function open(keys: string, sealed: readonly string[]): Promise<string> {
  for (const text of sealed) {
    const stored = JSON.parse(text) as AppSession;
    const sessions = new Map([[stored.id, stored]]);
    const session = await storageOver(sessions, keys).loadSession(stored.id);
    const token = tokenOf(stored.id.slice('offline_'.length));
    if (session?.accessToken !== token || session.refreshToken !== `refresh ${token}`) {
      throw new Error(`${stored.id} has another token.`);
    }
  }
  return `opened ${sealed.length}`;
}
