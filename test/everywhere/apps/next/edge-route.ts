// A route in the sandbox of the edge runtime.
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
} from 'shopify-app-session-storage-encrypted';

export const runtime = 'edge';

export async function GET(): Promise<Response> {
  const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
  const sessions = new Map<
    string,
    { id: string; shop: string; isOnline: boolean; accessToken?: string }
  >();
  const storage = new EncryptedSessionStorage(
    {
      storeSession: async (session: {
        id: string;
        shop: string;
        isOnline: boolean;
        accessToken?: string;
      }) => sessions.set(session.id, session).size > 0,
      loadSession: async (id: string) => sessions.get(id),
      deleteSession: async (id: string) => sessions.delete(id),
    },
    { keyring },
  );
  await storage.storeSession({
    id: 'offline_a',
    shop: 'a.myshopify.com',
    isOnline: false,
    accessToken: 'a token',
  });
  const isSealed = sessions.get('offline_a')?.accessToken?.startsWith('eyJ') === true;
  const session = await storage.loadSession('offline_a');
  return new Response(isSealed ? `the token is ${session?.accessToken}` : 'not sealed');
}
