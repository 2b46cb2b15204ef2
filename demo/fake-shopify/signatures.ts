// How Shopify signs what it sends to an app: OAuth callbacks, webhooks and session tokens. The key
// is the app's API secret.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/**
 * Adds `hmac` to the query of an OAuth callback: hexadecimal HMAC-SHA256 of the other parameters,
 * sorted by name.
 * Source: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant
 */
export function signQuery(secret: string, query: Record<string, string>): URLSearchParams {
  const sorted = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1));
  const signed = new URLSearchParams(sorted);
  signed.append('hmac', createHmac('sha256', secret).update(signed.toString()).digest('hex'));
  return signed;
}

/**
 * The `X-Shopify-Hmac-Sha256` header of a webhook.
 * Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 */
export function signWebhook(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/**
 * A session token, as App Bridge attaches one to every request of an embedded app: a JWT that is
 * good for a minute.
 * Source: https://shopify.dev/docs/apps/build/authentication-authorization/session-tokens
 */
export function signSessionToken(
  secret: string,
  claims: { apiKey: string; shop: string; userId: number },
): string {
  const now = Math.floor(Date.now() / 1000);
  const signed = [
    { alg: 'HS256', typ: 'JWT' },
    {
      iss: `https://${claims.shop}/admin`,
      dest: `https://${claims.shop}`,
      aud: claims.apiKey,
      sub: String(claims.userId),
      exp: now + 60,
      nbf: now,
      iat: now,
      jti: randomUUID(),
      sid: randomUUID(),
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${signed.join('.')}.${macOf(secret, signed.join('.')).toString('base64url')}`;
}

/** The shop and staff member that a session token speaks for, or nothing if it is not good. */
export function verifySessionToken(
  secret: string,
  token: unknown,
): { shop: string; userId: number } | undefined {
  if (typeof token !== 'string') return undefined;
  const [header = '', payload = '', mac = ''] = token.split('.');
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(secret, `${header}.${payload}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    dest: string;
    sub: string;
    exp: number;
  };
  if (claims.exp * 1000 <= Date.now()) return undefined;
  return { shop: new URL(claims.dest).hostname, userId: Number(claims.sub) };
}

function macOf(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
