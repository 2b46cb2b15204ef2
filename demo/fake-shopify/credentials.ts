// The fake Shopify's books: which codes, access tokens and refresh tokens it has handed out, and
// which of them are good right now. Every one is random and made at run time.
import { randomBytes, randomInt } from 'node:crypto';

/** A member of the shop's staff, as Shopify describes one to an app. */
export interface StaffMember {
  readonly id: number;
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly account_owner: boolean;
  readonly locale: string;
  readonly collaborator: boolean;
}

/** What a code or a token gives access to. `user` is there when the access is online. */
export interface Grant {
  readonly shop: string;
  readonly scope: string;
  readonly user?: StaffMember | undefined;
}

interface Issued extends Grant {
  readonly expires: number;
}

/** Lifetimes in seconds, Shopify's own unless a test shortens them. */
export interface Lifetimes {
  /** An online access token: one day. */
  online: number;
  /** An expiring offline access token: one hour. */
  offline: number;
  /** A refresh token: ninety days. */
  refresh: number;
}

/** Codes and tokens. A code and a refresh token are good once; a revoked token is never good again. */
export class Credentials {
  readonly lifetimes: Lifetimes = { online: 86_399, offline: 3_600, refresh: 7_776_000 };
  /** Every access and refresh token ever handed out, good or not: what must not be found at rest. */
  readonly tokens: string[] = [];
  readonly #codes = new Map<string, Grant>();
  readonly #access = new Map<string, Issued>();
  readonly #refresh = new Map<string, Issued & { readonly accessToken: string }>();

  code(grant: Grant): string {
    const code = randomBytes(16).toString('hex');
    this.#codes.set(code, grant);
    return code;
  }

  redeemCode(shop: string, code: unknown): Grant | undefined {
    const grant = typeof code === 'string' ? this.#codes.get(code) : undefined;
    if (grant?.shop !== shop) return undefined;
    this.#codes.delete(String(code));
    return grant;
  }

  /** The answer of the token endpoint, for an online token, an offline one, or an expiring one. */
  issue(grant: Grant, expiring: boolean): Record<string, unknown> {
    if (grant.user !== undefined) {
      const { online } = this.lifetimes;
      return {
        access_token: this.#issueAccess('shpua_', grant, online),
        scope: grant.scope,
        expires_in: online,
        associated_user_scope: grant.scope,
        associated_user: grant.user,
      };
    }
    if (!expiring) {
      const accessToken = this.#issueAccess('shpat_', grant, Number.POSITIVE_INFINITY);
      return { access_token: accessToken, scope: grant.scope };
    }
    const { offline, refresh } = this.lifetimes;
    const accessToken = this.#issueAccess('shpat_', grant, offline);
    const refreshToken = this.#random('shprt_');
    this.#refresh.set(refreshToken, { ...grant, accessToken, expires: inSeconds(refresh) });
    return {
      access_token: accessToken,
      scope: grant.scope,
      expires_in: offline,
      refresh_token: refreshToken,
      refresh_token_expires_in: refresh,
    };
  }

  /** Uses up a refresh token, and with it the access token that it came with. */
  redeemRefreshToken(shop: string, refreshToken: unknown): Grant | undefined {
    const issued = typeof refreshToken === 'string' ? this.#refresh.get(refreshToken) : undefined;
    if (issued?.shop !== shop || issued.expires <= Date.now()) return undefined;
    this.#refresh.delete(String(refreshToken));
    this.#access.delete(issued.accessToken);
    return issued;
  }

  /** What an access token gives access to in this shop, or nothing if it is not good. */
  accessOf(shop: string, accessToken: unknown): Grant | undefined {
    const issued = typeof accessToken === 'string' ? this.#access.get(accessToken) : undefined;
    return issued?.shop === shop && issued.expires > Date.now() ? issued : undefined;
  }

  /** Makes every token of a shop worthless. */
  revoke(shop: string): void {
    for (const book of [this.#codes, this.#access, this.#refresh]) {
      for (const [secret, grant] of book) if (grant.shop === shop) book.delete(secret);
    }
  }

  #issueAccess(prefix: string, grant: Grant, lifetime: number): string {
    const token = this.#random(prefix);
    this.#access.set(token, { ...grant, expires: inSeconds(lifetime) });
    return token;
  }

  #random(prefix: string): string {
    const token = prefix + randomBytes(16).toString('hex');
    this.tokens.push(token);
    return token;
  }
}

/** A staff member who exists in this run only. */
export function randomStaffMember(): StaffMember {
  const id = randomInt(1_000_000, 900_000_000);
  return {
    id,
    first_name: `Given${id}`,
    last_name: `Family${id}`,
    email: `staff-${id}@example.com`,
    email_verified: true,
    account_owner: true,
    locale: 'en',
    collaborator: false,
  };
}

function inSeconds(seconds: number): number {
  return Date.now() + seconds * 1000;
}
