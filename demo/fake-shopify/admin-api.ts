// The fake Shopify's GraphQL Admin API: only as much of it as the Shopify libraries call during
// sign-in and webhook registration, and the shop's name as the one thing worth an access token.
import type { ShopifyReply, ShopifyRequest, ShopifyWorld } from './world.js';

/** `POST /admin/api/{version}/graphql.json`. Answers 401 unless the access token is good now. */
export function graphql(world: ShopifyWorld, request: ShopifyRequest): ShopifyReply {
  const grant = world.credentials.accessOf(request.shop, request.headers['x-shopify-access-token']);
  if (grant === undefined) {
    const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
    return { status: 401, body: { errors } };
  }
  const query = queryOf(request);
  const webhooks = world.webhooksOf(request.shop);
  const created = /webhookSubscriptionCreate\(\s*topic: (\w+),.*callbackUrl: "([^"]+)"/s.exec(
    query,
  );
  if (created !== null) {
    const [, topic = '', callbackUrl = ''] = created;
    webhooks.set(topic, callbackUrl);
    const webhookSubscriptionCreate = { userErrors: [], webhookSubscription: { id: topic } };
    return { status: 200, body: { data: { webhookSubscriptionCreate } } };
  }
  if (query.includes('webhookSubscriptions')) {
    const edges = [...webhooks].map(([topic, callbackUrl]) => ({
      node: {
        id: topic,
        topic,
        includeFields: [],
        metafieldNamespaces: [],
        endpoint: { __typename: 'WebhookHttpEndpoint', callbackUrl },
      },
    }));
    const pageInfo = { endCursor: null, hasNextPage: false };
    return { status: 200, body: { data: { webhookSubscriptions: { edges, pageInfo } } } };
  }
  if (/\bshop\s*{\s*name\b/.test(query)) {
    const access = grant.user === undefined ? 'offline' : 'online';
    return { status: 200, body: { data: { shop: { name: `${request.shop}, ${access}` } } } };
  }
  return { status: 200, body: { errors: [{ message: 'The fake Shopify does not know this.' }] } };
}

/** Old releases send the bare query (`application/graphql`), new ones JSON. */
function queryOf(request: ShopifyRequest): string {
  if (request.headers['content-type'] === 'application/graphql') return request.body;
  return (JSON.parse(request.body) as { query: string }).query;
}
