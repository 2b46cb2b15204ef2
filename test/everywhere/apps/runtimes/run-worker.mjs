// Runs the bundled worker in workerd: the file, its compatibility flags, the command, what it gets.
import { text } from 'node:stream/consumers';
import { Miniflare } from 'miniflare';

const [scriptPath, flags, ...path] = process.argv.slice(2);
const miniflare = new Miniflare({
  modules: true,
  scriptPath,
  compatibilityDate: '2026-01-01',
  compatibilityFlags: flags === '' ? [] : flags.split(','),
  kvNamespaces: ['SESSIONS'],
  bindings: { KEYS: process.env.KEYS },
});
const body = path[0] === 'open' ? await text(process.stdin) : undefined;
const response = await miniflare.dispatchFetch(`http://localhost/${path.join('/')}`, {
  method: 'POST',
  body,
});
console.log(await response.text());
await miniflare.dispose();
process.exitCode = response.ok ? 0 : 1;
