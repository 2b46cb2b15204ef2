// Runs the Worker on this machine, in Cloudflare's runtime.
import { Miniflare } from 'miniflare';

const { PORT, SESSION_ENCRYPTION_KEYS, SHOPIFY_API_KEY, SHOPIFY_API_SECRET } = process.env;

const worker = new Miniflare({
  modules: true,
  scriptPath: 'build/worker.js',
  compatibilityDate: '2025-11-01',
  port: Number(PORT),
  kvNamespaces: ['SESSIONS'],
  kvPersist: 'build/kv',
  bindings: { SESSION_ENCRYPTION_KEYS, SHOPIFY_API_KEY, SHOPIFY_API_SECRET },
  // What the Worker asks of Shopify goes through this process.
  outboundService: async (request) => {
    const { url, method, headers } = request;
    const body = method === 'GET' ? undefined : await request.text();
    const answer = await fetch(url, { method, headers: Object.fromEntries(headers), body });
    return new Response(await answer.arrayBuffer(), answer);
  },
});
console.log(`Listening on ${await worker.ready}`);
