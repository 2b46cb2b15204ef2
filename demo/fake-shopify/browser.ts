// The merchant's browser: keeps cookies and follows redirects between the app and the shop.
import { withoutTls } from './local-app.js';

/** The last page of a visit. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One browser with its own cookies. Behind `routeShopifyTo` it reaches the fake Shopify's shops. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  /**
   * Opens a page and follows redirects, except to Shopify's own admin pages, which are not here.
   *
   * @param url The page.
   * @param sessionToken Sent as App Bridge sends it, in `Authorization`.
   */
  async visit(url: string, sessionToken?: string): Promise<Page> {
    let next = url;
    for (let hops = 0; hops < 10; hops += 1) {
      const response = await this.#get(next, sessionToken);
      const location = response.headers.get('location');
      const target = location === null ? undefined : new URL(location, next);
      if (target === undefined || target.hostname === 'admin.shopify.com' || isShopAdmin(target)) {
        const { status, headers } = response;
        return { url: next, status, headers, text: await response.text() };
      }
      await response.body?.cancel();
      next = target.href;
    }
    throw new Error(`${url}: too many redirects`);
  }

  async #get(url: string, sessionToken: string | undefined): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const headers = new Headers({
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0',
      // No connection outlives its request, so none is cut when the app is started again.
      connection: 'close',
    });
    if (jar.size > 0) headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    if (sessionToken !== undefined) headers.set('authorization', `Bearer ${sessionToken}`);
    const response = await fetch(withoutTls(url), {
      headers,
      redirect: 'manual',
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
}

/** The shop's admin with the app's page in it, as opposed to the OAuth page. */
function isShopAdmin(url: URL): boolean {
  return url.hostname.endsWith('.myshopify.com') && url.pathname.startsWith('/admin/apps/');
}
