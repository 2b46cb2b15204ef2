// Runs the bundled worker in workerd: the file, its compatibility flags, the command, what it gets.
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { Miniflare, Response } from 'miniflare';
import { generateKey } from 'shopify-app-session-storage-encrypted';

const [scriptPath, flags, ...path] = process.argv.slice(2);
let secret = generateKey({ kid: 'first' }).text;
const miniflare = new Miniflare({
  // As it is: otherwise, Miniflare looks for drivers that the app has not installed.
  modules: [{ type: 'ESModule', path: scriptPath }],
  modulesRoot: dirname(scriptPath),
  compatibilityDate: '2026-01-01',
  compatibilityFlags: flags === '' ? [] : flags.split(','),
  kvNamespaces: ['SESSIONS'],
  bindings: { KEYS: process.env.KEYS },
  outboundService: () => new Response(secret),
});

/** Sends many requests, one after the other and at once. Answers which keys sealed. */
async function share() {
  const ask = async (id) => (await miniflare.dispatchFetch(`http://localhost/share/${id}`)).text();
  const kids = [];
  for (let n = 0; n < 10; n++) kids.push(await ask(`offline_${n}`));
  return new Set([...kids, ...(await Promise.all(kids.map((_, n) => ask(`offline_${n % 5}`))))]);
}

if (path[0] === 'share') {
  const before = await share();
  secret = `${generateKey({ kid: 'second' }).text},${secret}`;
  // Longer than two intervals of the key ring.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  console.log([...before, ...(await share())].join());
  await miniflare.dispose();
  process.exit();
}
const body = path[0] === 'open' ? await text(process.stdin) : undefined;
const response = await miniflare.dispatchFetch(`http://localhost/${path.join('/')}`, {
  method: 'POST',
  body,
});
console.log(await response.text());
await miniflare.dispose();
process.exitCode = response.ok ? 0 : 1;
