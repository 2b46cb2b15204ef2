// The HTTP edge: sends this process's requests for `*.myshopify.com` to the fake Shopify, and
// leaves all others alone.
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { SHOP_HEADER } from './index.js';

let target: string | undefined;

/**
 * Routes `fetch` (shopify-api 6 and later) and `https.request` (node-fetch, in releases before).
 * Call it before the Shopify libraries are imported: they keep the `fetch` that they find. A later
 * call only changes where to.
 *
 * @param fakeShopifyUrl `FakeShopify.url`.
 */
export function routeShopifyTo(fakeShopifyUrl: string): void {
  if (target === undefined) {
    routeFetch(globalThis.fetch);
    routeHttps(https.request);
  }
  target = fakeShopifyUrl;
}

function routeFetch(fetch: typeof globalThis.fetch): void {
  globalThis.fetch = async (input, init) => {
    const original = new Request(input, init);
    const url = new URL(original.url);
    if (!isShop(url.hostname)) return fetch(original);
    const headers = new Headers(original.headers);
    headers.set(SHOP_HEADER, url.hostname);
    const { method, redirect, signal } = original;
    const body = method === 'GET' || method === 'HEAD' ? null : await original.text();
    const fake = new URL(url.pathname + url.search, target);
    return fetch(fake, { method, redirect, signal, headers, body });
  };
}

function routeHttps(request: typeof https.request): void {
  https.request = ((...args: Parameters<typeof request>) => {
    // node-fetch hands over one object with everything in it.
    const [options] = args as unknown as [https.RequestOptions];
    if (target === undefined || !isShop(options.hostname ?? '')) return request(...args);
    const { hostname, port } = new URL(target);
    const headers = { ...options.headers, [SHOP_HEADER]: options.hostname ?? '' };
    const { method, path } = options;
    return http.request({ hostname, port, method, path, headers });
  }) as typeof request;
  syncBuiltinESMExports();
}

function isShop(hostname: string): boolean {
  return hostname.endsWith('.myshopify.com');
}
