// A server of Redis that accepts connections and does not answer.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createClient } from 'redis';
import { createClient as createClient4 } from 'redis-4';
import { createClient as createClient6 } from 'redis-6';
import { expect, onTestFinished, test } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';

async function silentServer(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['redis 4', (url: string) => createClient4({ url })],
  ['redis 5', (url: string) => createClient({ url })],
  ['redis 6', (url: string) => createClient6({ url })],
])('what a client says of being dropped is not given as the cause: %s', async (_name, client) => {
  const catalog = redisCatalog(client(await silentServer()), { deadline: 100 });
  for (let call = 0; call < 2; call++) {
    const error: unknown = await catalog.loadSession?.('id').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: expect.stringContaining('did not answer within 100 ms'),
    });
    expect((error as Error).cause).toBeUndefined();
  }
});
