// The proxy does to connections what the fault tests rely on.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
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

/** A client, which answers how its connection ended if it has. */
async function open() {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.setEncoding('utf8');
  let answers = '';
  socket.on('data', (chunk) => {
    answers += chunk;
  });
  const ended = new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    socket.once('end', () => resolve('end'));
  });
  await Promise.race([once(socket, 'connect'), ended]);
  const ask = async (text: string) => {
    const answered = once(socket, 'data').then(([answer]) => String(answer));
    socket.write(text);
    return Promise.race([answered, ended]);
  };
  /** Sends what is lost on its way, or whose answer is, and answers what came back all the same. */
  const lose = async (text: string) => {
    const { lost } = proxy;
    const before = answers;
    socket.write(text);
    await until(() => proxy.lost > lost);
    return answers.slice(before.length);
  };
  return { socket, ask, lose };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
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
  for (const [client, text] of [
    [before, '2'],
    [during, '3'],
  ] as const) {
    expect(await client.lose(text)).toBe('');
  }
  await proxy.restore();
  expect(await before.lose('4')).toBe('');
  expect(await during.lose('5')).toBe('');
  expect(await (await open()).ask('6')).toBe('6');
  expect(received).toBe('16');
});

test('loses replies only, so that the server has what was sent', async () => {
  proxy.silence({ requests: false, replies: true });
  expect(await (await open()).lose('sent')).toBe('');
  expect(received).toBe('sent');
});

test('is late each way', async () => {
  const client = await open();
  proxy.delay(50);
  const sent = performance.now();
  expect(await client.ask('1')).toBe('1');
  // A timer may go off a millisecond early.
  expect(performance.now() - sent).toBeGreaterThan(2 * 50 - 3);
});

test('what was late when the network came back is passed on in order', async () => {
  const client = await open();
  proxy.delay(400);
  client.socket.write('1');
  await proxy.restore();
  client.socket.write('2');
  await until(() => received === '12');
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
  await until(() => received.length >= sent.length);
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
