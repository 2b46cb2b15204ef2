// Sessions in Redis are known by their keys alone, among all that an app keeps there.
import { createClient } from 'redis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { packedProgram } from './program.js';
import { bothKeys, oldKey, storeSessions } from './scene.js';

const program = await packedProgram();
const run = (url: string, ...command: readonly string[]) =>
  program.run([...command, '--store', url], { env: bothKeys });

async function redisServer() {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  return server;
}

/** A Redis with many other keys, which takes seconds to go through, and every step far less than a second. */
async function largeRedis() {
  const server = await redisServer();
  const fill = "for i = 1, 30000 do redis.call('SET', 'cache:' .. i, 'x') end";
  await server.command(['EVAL', fill, '0']);
  const network = await TcpProxy.start(server.port);
  onTestFinished(() => network.stop());
  network.delay(50);
  return { server, url: `${network.through(server.url)}?deadline=1000` };
}

describe.skipIf(!canStartRedis())('a Redis that takes longer than a call may', () => {
  it('is gone through to its end: another prefix is found', async () => {
    const { server, url } = await largeRedis();
    await storeSessions(server.url, 1, oldKey);
    const prefixes = ['a', 'b', 'c', 'd', 'e'];
    for (const prefix of prefixes) await storeSessions(`${server.url}?prefix=${prefix}`, 1, oldKey);

    const { code, stdout, stderr } = await run(url, 'status', '--json');

    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      otherPlaces: prefixes.map((prefix) => `records ${prefix}:id:*`),
      unseen: ['other places'],
    });
  });

  it('is gone through until Ctrl-C', async () => {
    const { server, url } = await largeRedis();
    await storeSessions(server.url, 1, oldKey);
    await server.command(['CONFIG', 'RESETSTAT']);
    const looking = vi.waitFor(
      async () =>
        expect(String(await server.command(['INFO', 'commandstats']))).toContain('cmdstat_scan'),
      { timeout: 20_000, interval: 20 },
    );
    const running = await program.start(['status', '--store', url], { env: bothKeys }, looking);

    const since = performance.now();
    running.kill('SIGINT');

    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    expect(performance.now() - since).toBeLessThan(1_000);
  });
});

describe.skipIf(!canStartRedis())('keys that end in the id of a session', () => {
  const id = 'offline_shop-1.myshopify.com';
  const others = [
    ['SET', `lock:token_refresh_${id}`, '5b0c9f0e'],
    ['SET', `cache:id:${id}`, '{"v":1,"type":"product"}'],
    ['HSET', `bull:sync:sync_${id}`, 'data', '{}'],
    ['SADD', `webhooks:id:${id}`, 'x'],
  ];

  it('are no sessions where their values are not: rotate calls the old key removable', async () => {
    const server = await redisServer();
    await storeSessions(server.url, 1, oldKey);
    for (const command of others) await server.command(command);

    const { code, stdout, stderr } = await run(server.url, 'rotate');

    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain('as well');
    expect(stdout).toContain('can be removed');
  });

  it('may be sessions where their values must not be read', async () => {
    const server = await redisServer();
    await storeSessions(server.url, 1, oldKey);
    for (const command of others) await server.command(command);
    await server.command(['ACL', 'SETUSER', 'app', 'on', '>word', '+@all', '~shopify-session:*']);
    const url = server.url.replace('redis://', 'redis://app:word@');

    const { code, stdout, stderr } = await run(url, 'rotate');

    expect(code, stderr).toBe(0);
    expect(stdout).not.toContain('can be removed');
    expect(stdout).toContain('keys lock:token_refresh_*');
  });

  it('are sessions of another app as Keyv and the official storage keep them', async () => {
    const server = await redisServer();
    await storeSessions(server.url, 1, oldKey);
    const client = createClient({ url: server.url });
    await client.connect();
    const record = await client.get(`shopify-session:id:${id}`);
    await client.set(`wrapped:id:${id}`, JSON.stringify({ value: record, expires: null }));
    await client.set(`wrapped_${id}`, JSON.stringify([['id', id]]));
    await client.close();

    const { stdout } = await run(server.url, 'status', '--json');

    expect(JSON.parse(stdout).otherPlaces).toEqual(['records wrapped:id:*', 'keys wrapped_*']);
  });
});
