// The proxy does to connections what the fault tests rely on.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TcpProxy } from './tcp-proxy.js';

let proxy: TcpProxy;
let received: string;
let stop: () => Promise<void>;

/** A server that answers what it is sent, once more. */
beforeEach(async () => {
  received = '';
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk;
      socket.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  stop = async () => {
    await proxy.stop();
    server.close();
  };
});
afterEach(() => stop());

/** A client, and how its connection ended if it has. */
async function open(): Promise<{ socket: Socket; ask(text: string): Promise<string> }> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.setEncoding('utf8');
  const ended = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    socket.once('end', () => resolve('end'));
  });
  await Promise.race([once(socket, 'connect'), ended]);
  const ask = async (text: string) => {
    const answered = once(socket, 'data').then(([answer]) => String(answer));
    socket.write(text);
    const silence = new Promise<string>((resolve) => setTimeout(resolve, 300, 'silence'));
    return Promise.race([answered, ended, silence]);
  };
  return { socket, ask };
}

test('passes on what is sent and what is answered', async () => {
  const client = await open();
  expect(await client.ask('hello')).toBe('hello');
  expect(proxy.connections).toBe(1);
  client.socket.destroy();
});

test('silenced, it loses what is sent on open and new connections, for good', async () => {
  const before = await open();
  expect(await before.ask('1')).toBe('1');
  proxy.silence();
  const during = await open();
  expect(await Promise.all([before.ask('2'), during.ask('3')])).toEqual(['silence', 'silence']);
  await proxy.restore();
  expect(await Promise.all([before.ask('4'), during.ask('5')])).toEqual(['silence', 'silence']);
  expect(await (await open()).ask('6')).toBe('6');
  expect(received).toBe('16');
});

test('loses replies only, so that the server has what was sent', async () => {
  proxy.silence({ requests: false, replies: true });
  expect(await (await open()).ask('sent')).toBe('silence');
  expect(received).toBe('sent');
});

test('is late, and then passes everything on in order', async () => {
  const client = await open();
  proxy.delay(400);
  expect(await client.ask('1')).toBe('silence');
  await proxy.restore();
  client.socket.write('2');
  while (received !== '12') await new Promise((resolve) => setTimeout(resolve, 10));
});

test('keeps the order while it is late by more and by less', async () => {
  const client = await open();
  let sent = '';
  for (let letter = 0; letter < 200; letter++) {
    proxy.delay(letter % 2 === 0 ? 20 : 0);
    const text = String.fromCharCode(97 + (letter % 26));
    sent += text;
    client.socket.write(text);
    if (letter % 3 === 0) await new Promise((resolve) => setTimeout(resolve, letter % 5));
  }
  while (received.length < sent.length) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(received).toBe(sent);
  client.socket.destroy();
});

test('cuts with a reset', async () => {
  const client = await open();
  expect(await client.ask('1')).toBe('1');
  proxy.cut();
  expect(await client.ask('2')).toBe('ECONNRESET');
  expect(await (await open()).ask('3')).toBe('3');
});

test('ends a reply in the middle', async () => {
  const client = await open();
  proxy.truncate(1);
  expect(await client.ask('abcdef')).toBe('abc');
  expect(await client.ask('more')).toMatch(/^(end|ECONNRESET)$/);
  expect(await (await open()).ask('whole')).toBe('whole');
});

test('refuses connections, and is back on the same port', async () => {
  const { port } = proxy;
  await proxy.refuse();
  expect(await (await open()).ask('1')).toBe('ECONNREFUSED');
  await proxy.restore();
  expect(proxy.port).toBe(port);
  expect(await (await open()).ask('2')).toBe('2');
});
