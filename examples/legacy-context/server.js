// An app of the years of `Shopify.Context.initialize` (shopify-api 1 to 5), in CommonJS.
const http = require('node:http');
const { Shopify, ApiVersion } = require('@shopify/shopify-api');
const { EncryptedSessionStorage } = require('shopify-app-session-storage-encrypted');

const { SHOPIFY_APP_URL, PORT, SHOPIFY_API_KEY, SHOPIFY_API_SECRET } = process.env;
const host = new URL(SHOPIFY_APP_URL);

Shopify.Context.initialize({
  API_KEY: SHOPIFY_API_KEY,
  API_SECRET_KEY: SHOPIFY_API_SECRET,
  SCOPES: ['write_products'],
  HOST_NAME: host.host,
  HOST_SCHEME: host.protocol.slice(0, -1),
  API_VERSION: ApiVersion.October22,
  IS_EMBEDDED_APP: false,
  // The line that changed; in production, wrap a storage that outlives the process.
  SESSION_STORAGE: new EncryptedSessionStorage(new Shopify.Session.MemorySessionStorage()),
});

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, SHOPIFY_APP_URL);
  const redirect = (location) => response.writeHead(302, { location }).end();
  if (pathname === '/auth') {
    const shop = searchParams.get('shop');
    return redirect(await Shopify.Auth.beginAuth(request, response, shop, '/callback', false));
  }
  if (pathname === '/callback') {
    await Shopify.Auth.validateAuthCallback(request, response, Object.fromEntries(searchParams));
    return redirect('/shop');
  }
  const session = await Shopify.Utils.loadCurrentSession(request, response, false);
  if (!session?.accessToken) return response.writeHead(403).end();
  const client = new Shopify.Clients.Graphql(session.shop, session.accessToken);
  const { body } = await client.query({ data: '{ shop { name } }' });
  return response.end(JSON.stringify(body.data.shop));
}

http
  .createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(error.message));
  })
  .listen(PORT, () => console.log(`Listening on ${SHOPIFY_APP_URL}`));
