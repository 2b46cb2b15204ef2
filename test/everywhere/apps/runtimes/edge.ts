// A function on an edge runtime: Web APIs only, bundled into one script.
import { EncryptedSessionStorage, Keyring } from 'shopify-app-session-storage-encrypted';
import { open, seal } from './exchange.mjs';

declare const KEYS: string;

async function answer(request: Request): Promise<Response> {
  const [, command, name = ''] = new URL(request.url).pathname.split('/');
  try {
    if (command === 'seal') return new Response(await seal(KEYS, name));
    if (command === 'open') return new Response(await open(KEYS, await request.json()));
    Keyring.parse(KEYS);
    return new Response(EncryptedSessionStorage.name === '' ? 'nothing' : 'checked');
  } catch (error) {
    return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
  }
}

addEventListener('fetch', (event) => {
  const { request, respondWith } = event as unknown as {
    request: Request;
    respondWith(response: Promise<Response>): void;
  };
  respondWith.call(event, answer(request));
});
