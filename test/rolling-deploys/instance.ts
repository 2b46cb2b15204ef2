// One instance of an app, at one stage of a rolling deploy: stores and loads sessions when it is told
// to. Runs compiled, in a process of its own.
import { inspect } from 'node:util';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import type { InstanceAnswer, InstanceOptions, InstanceRequest } from './protocol.js';

const { url, keys, mode } = JSON.parse(process.argv[2] ?? '{}') as InstanceOptions;
const store = openSessionStorage(url);
const storage =
  mode === undefined
    ? store
    : new EncryptedSessionStorage(store, { keyring: Keyring.parse(keys), mode });

const answer = (message: InstanceAnswer) => process.send?.(message);

process.on('message', async (request: InstanceRequest) => {
  try {
    answer(await perform(request));
  } catch (error) {
    answer({ error: inspect(error) });
  }
});
process.once('disconnect', async () => {
  await store.disconnect();
  process.exit();
});

async function perform(request: InstanceRequest): Promise<InstanceAnswer> {
  if ('load' in request) {
    const session = await storage.loadSession(request.load);
    const { accessToken, refreshToken } = session ?? {};
    return { loaded: { accessToken, refreshToken } };
  }
  const { Session } = await import('@shopify/shopify-api');
  const stored = await storage.storeSession(new Session({ ...request.store }));
  return { stored };
}
