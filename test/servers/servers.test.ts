// The test servers do what the failure tests rely on.
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canStartMysql, startMysql } from './mysql.js';
import { canStartPostgres, type OwnPostgres, startPostgres } from './postgres.js';
import { canStartRedis, type OwnRedis, redisClient, startRedis } from './redis.js';
import { startRedisCluster } from './redis-cluster.js';

const answers = (promise: Promise<unknown>, milliseconds: number) =>
  Promise.race([
    promise.then(
      () => 'answered',
      () => 'rejected',
    ),
    new Promise((resolve) => setTimeout(resolve, milliseconds, 'silent')),
  ]);

describe.skipIf(!canStartRedis())('a Redis server of our own', () => {
  let redis: OwnRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  test('is gone when killed, and has its data when restarted on the same port', async () => {
    await redis.command(['SET', 'key', 'value']);
    await redis.kill();
    await expect(redis.command(['PING'])).rejects.toThrow('ECONNREFUSED');
    await redis.restart();
    await expect(redis.command(['GET', 'key'])).resolves.toBe('value');
  });

  test('answers nothing while frozen, and goes on when thawed', async () => {
    const client = redisClient(redis.url);
    await client.connect();
    redis.freeze();
    const ping = client.ping();
    await expect(answers(ping, 300)).resolves.toBe('silent');
    redis.thaw();
    await expect(ping).resolves.toBe('PONG');
    client.destroy();
  });

  test('refuses writes while read-only', async () => {
    await redis.setReadOnly(true);
    await expect(redis.command(['SET', 'key', 'other'])).rejects.toThrow('READONLY');
    await redis.setReadOnly(false);
    await expect(redis.command(['SET', 'key', 'value'])).resolves.toBe('OK');
  });

  test('asks for a password once one is set', async () => {
    const client = redisClient(redis.url);
    await client.connect();
    await redis.setPassword('correct');
    await expect(client.ping()).rejects.toThrow();
    await expect(
      redisClient(redis.url)
        .connect()
        .then((late) => late.ping()),
    ).rejects.toThrow('NOAUTH');
    await expect(redis.command(['PING'])).resolves.toBe('PONG');
  });
});

test.skipIf(!canStartRedis())('a Redis Cluster of three nodes covers all slots', async () => {
  const cluster = await startRedisCluster(3);
  try {
    const shards = await Promise.all(
      cluster.nodes.map((node) => node.command(['CLUSTER', 'INFO'])),
    );
    expect(shards).toHaveLength(3);
    await expect(
      Promise.all(cluster.nodes.map((node) => node.command(['SET', '{a}', '1']).catch(String))),
    ).resolves.toContain('OK');
  } finally {
    await cluster.stop();
  }
});

describe.skipIf(!canStartPostgres())('a PostgreSQL server of our own', () => {
  let postgres: OwnPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  test('is gone when killed, and has its data when restarted on the same port', async () => {
    await postgres.query('CREATE TABLE kept (n integer); INSERT INTO kept VALUES (7)');
    await postgres.kill();
    await expect(postgres.query('SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await postgres.restart();
    await expect(postgres.query('SELECT n FROM kept')).resolves.toEqual([{ n: 7 }]);
  });

  test('answers nothing while frozen, and goes on when thawed', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await postgres.freeze();
    const one = client.query('SELECT 1');
    await expect(answers(one, 300)).resolves.toBe('silent');
    postgres.thaw();
    await one;
    await client.end();
  });

  test('refuses writes while read-only', async () => {
    await postgres.setReadOnly(true);
    await expect(postgres.query('INSERT INTO kept VALUES (8)')).rejects.toMatchObject({
      code: '25006',
    });
    await postgres.setReadOnly(false);
    await postgres.query('INSERT INTO kept VALUES (8)');
  });

  test('asks for a password once one is set', async () => {
    await postgres.setPassword('correct');
    const late = new pg.Client(postgres.url.replace('postgres@', 'postgres:wrong@'));
    await expect(late.connect()).rejects.toMatchObject({ code: '28P01' });
    await expect(postgres.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });
});

test.skipIf(!canStartMysql())(
  'a MySQL server of our own is gone when killed, and has its data when restarted',
  async () => {
    const server = await startMysql();
    onTestFinished(() => server.stop());
    const query = async (sql: string) => {
      const connection = await mysql.createConnection(server.url);
      try {
        return (await connection.query(sql))[0];
      } finally {
        await connection.end();
      }
    };
    await query('CREATE DATABASE kept');
    await query('CREATE TABLE kept.numbers SELECT 7 AS n');
    await server.kill();
    await expect(query('SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    await expect(query('SELECT n FROM kept.numbers')).resolves.toEqual([{ n: 7 }]);
  },
);
