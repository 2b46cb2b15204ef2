// Runs on Node, Bun and Deno: `check`, `seal NAME`, `open` with what was sealed on standard input.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import * as imported from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
import { open, seal } from './exchange.mjs';
import { scenario } from './scenario.mjs';

const require = createRequire(import.meta.url);

/** `import` and `require` are one copy of the code, and each gives sessions of its own kind. */
async function check(): Promise<string> {
  const required = require('shopify-app-session-storage-encrypted');
  for (const name of Object.keys(required)) {
    if (required[name] !== Reflect.get(imported, name)) throw new Error(`Two copies of ${name}.`);
  }
  const keyring = required.Keyring.fromJwks({ keys: [required.generateKey().jwk] });
  new imported.EncryptedSessionStorage(openSessionStorage('memory:'), { keyring });
  await scenario();
  return 'checked';
}

const { KEYS = '' } = process.env;
const [command, name = ''] = process.argv.slice(2);
const commands: Record<string, () => Promise<string>> = {
  check,
  seal: () => seal(KEYS, name),
  open: async () => open(KEYS, JSON.parse(await text(process.stdin))),
};
console.log(await commands[command ?? '']?.());
