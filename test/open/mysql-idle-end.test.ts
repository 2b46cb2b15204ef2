// MySQL, from 8.0.24 on, says that it ends a connection as idle (ER_CLIENT_INTERACTION_TIMEOUT) before it does. A
// process that was frozen sends a statement before it reads that. MariaDB says nothing, so what stands between
// says it here in its place.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Session } from '@shopify/shopify-api';
import { expect, onTestFinished, test } from 'vitest';
import { openSessionStorage } from '../../src/open/index.js';
import { sharedServer } from '../servers/shared.js';
import { places } from './places.js';

const shop = 'idle.myshopify.com';
const session = (accessToken: string) =>
  new Session({ id: `offline_${shop}`, shop, state: 's', isOnline: false, accessToken });

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html */
function endOfIdle(): Buffer {
  const message = '#HY000The client was disconnected by the server because of inactivity.';
  const packet = Buffer.alloc(7 + message.length);
  packet.writeUIntLE(3 + message.length, 0, 3);
  packet.writeUInt8(0xff, 4);
  packet.writeUInt16LE(4031, 5);
  packet.write(message, 7, 'latin1');
  return packet;
}

/** Stands between an app and MySQL. */
async function startBetween({ hostname, port: serverPort }: URL) {
  const links = new Set<Socket>();
  const idle = new Set<Socket>();
  const between = createServer((client) => {
    const upstream = connect(Number(serverPort || 3306), hostname);
    links.add(client);
    client.on('data', (chunk) => {
      if (!idle.has(client)) return void upstream.write(chunk);
      client.end(endOfIdle());
      upstream.destroy();
    });
    upstream.on('data', (chunk) => client.write(chunk));
    for (const socket of [client, upstream]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        links.delete(client);
      });
    }
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const { port } = between.address() as AddressInfo;
  return {
    port,
    /** All connections that there are have been idle for too long. */
    endIdle() {
      for (const link of links) idle.add(link);
    },
    stop: () => between.close(),
  };
}

test.skipIf(sharedServer('mysql') === undefined)(
  'a statement that meets the end of an idle connection is sent again',
  async () => {
    const place = await places.MySQL?.();
    onTestFinished(async () => void (await place?.drop()));
    const url = new URL(place?.url ?? '');
    const between = await startBetween(url);
    onTestFinished(() => void between.stop());
    url.host = `127.0.0.1:${between.port}`;
    const storage = openSessionStorage<Session>(url.href);
    onTestFinished(() => storage.disconnect());
    await storage.storeSession(session('first'));

    between.endIdle();
    expect(await storage.loadSession(session('').id)).toMatchObject({ accessToken: 'first' });
    between.endIdle();
    expect(await storage.storeSession(session('second'))).toBe(true);
    between.endIdle();
    expect(await storage.loadSession(session('').id)).toMatchObject({ accessToken: 'second' });
  },
);
