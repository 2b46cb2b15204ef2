// The fake Shopify's OAuth: the page that asks the merchant, and the token endpoint with its three
// grants (authorization code, token exchange, refresh token).
import { signQuery, verifySessionToken } from './signatures.js';
import type { ShopifyReply, ShopifyRequest, ShopifyWorld } from './world.js';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ONLINE_TOKEN = 'urn:shopify:params:oauth:token-type:online-access-token';

/** The body of a request to the token endpoint; which members are there depends on the grant. */
type TokenRequest = Partial<
  Record<
    | 'client_id'
    | 'client_secret'
    | 'code'
    | 'expiring'
    | 'grant_type'
    | 'refresh_token'
    | 'requested_token_type'
    | 'subject_token',
    unknown
  >
>;

/** `GET /admin/oauth/authorize`: the merchant agrees at once and is sent back to the app. */
export function authorize(world: ShopifyWorld, request: ShopifyRequest): ShopifyReply {
  const asked = request.query;
  const redirectUri = asked.get('redirect_uri') ?? '';
  const state = asked.get('state') ?? '';
  if (asked.get('client_id') !== world.app.apiKey || state === '' || !URL.canParse(redirectUri)) {
    return { status: 400, body: { error: 'invalid_request' } };
  }
  const online = asked.get('grant_options[]') === 'per-user';
  const code = world.credentials.code({
    shop: request.shop,
    scope: asked.get('scope') ?? '',
    user: online ? world.staffOf(request.shop) : undefined,
  });
  const callback = signQuery(world.app.apiSecret, {
    code,
    host: Buffer.from(`${request.shop}/admin`).toString('base64'),
    shop: request.shop,
    state,
    timestamp: String(Math.floor(Date.now() / 1000)),
  });
  return { status: 302, headers: { location: `${redirectUri}?${callback}` } };
}

/** `POST /admin/oauth/access_token`. */
export function accessToken(world: ShopifyWorld, request: ShopifyRequest): ShopifyReply {
  const asked = JSON.parse(request.body) as TokenRequest;
  const { credentials, app } = world;
  if (asked.client_id !== app.apiKey || asked.client_secret !== app.apiSecret) {
    return { status: 401, body: { error: 'invalid_client' } };
  }
  const expiring = asked.expiring === '1';
  switch (asked.grant_type) {
    case undefined: {
      const grant = credentials.redeemCode(request.shop, asked.code);
      if (grant === undefined) return { status: 400, body: { error: 'invalid_request' } };
      return { status: 200, body: credentials.issue(grant, expiring) };
    }
    case 'refresh_token': {
      const grant = credentials.redeemRefreshToken(request.shop, asked.refresh_token);
      if (grant === undefined) return { status: 401, body: { error: 'invalid_grant' } };
      return { status: 200, body: credentials.issue(grant, true) };
    }
    case TOKEN_EXCHANGE: {
      const subject = verifySessionToken(app.apiSecret, asked.subject_token);
      if (subject?.shop !== request.shop) {
        return { status: 400, body: { error: 'invalid_subject_token' } };
      }
      const online = asked.requested_token_type === ONLINE_TOKEN;
      const user = online ? world.staffOf(request.shop) : undefined;
      const grant = { shop: request.shop, scope: app.scopes.join(','), user };
      return { status: 200, body: credentials.issue(grant, expiring) };
    }
    default:
      return { status: 400, body: { error: 'unsupported_grant_type' } };
  }
}
