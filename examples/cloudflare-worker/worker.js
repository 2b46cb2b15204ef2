// A Cloudflare Worker that keeps its sessions in KV.
import '@shopify/shopify-api/adapters/cf-worker';
import { ApiVersion, RequestedTokenType, shopifyApi } from '@shopify/shopify-api';
import { KVSessionStorage } from '@shopify/shopify-app-session-storage-kv';
import { EncryptedSessionStorage, Keyring } from 'shopify-app-session-storage-encrypted';

export default {
  async fetch(request, env) {
    const shopify = shopifyApi({
      apiKey: env.SHOPIFY_API_KEY,
      apiSecretKey: env.SHOPIFY_API_SECRET,
      apiVersion: ApiVersion.July26,
      hostName: 'worker.example.com',
      isEmbeddedApp: true,
    });
    const storage = new EncryptedSessionStorage(new KVSessionStorage(env.SESSIONS), {
      keyring: Keyring.parse(env.SESSION_ENCRYPTION_KEYS),
    });

    const sessionToken = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const { dest } = await shopify.session.decodeSessionToken(sessionToken);
    const shop = new URL(dest).hostname;
    let session = await storage.loadSession(shopify.session.getOfflineId(shop));
    if (!session?.isActive(undefined)) {
      const requestedTokenType = RequestedTokenType.OfflineAccessToken;
      const exchange = { shop, sessionToken, requestedTokenType, expiring: true };
      session = (await shopify.auth.tokenExchange(exchange)).session;
      await storage.storeSession(session);
    }
    const client = new shopify.clients.Graphql({ session });
    return Response.json((await client.request('{ shop { name } }')).data.shop);
  },
};
