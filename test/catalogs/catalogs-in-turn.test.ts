// An app that rotates on a schedule makes a catalog over its own pool or client each time.
import pg from 'pg';
import { createClient } from 'redis';
import { expect, onTestFinished, test, vi } from 'vitest';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { Keyring, reencryptSessions } from '../../src/index.js';
import { uniqueName } from '../conformance/backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { offlineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';

const keyring = Keyring.generate();
const [postgresServer, redisServer] = [sharedServer('postgres'), sharedServer('redis')];

test.skipIf(postgresServer === undefined)(
  'catalogs over one pool of pg share a listener',
  async () => {
    const url = await createPostgresDatabase(String(postgresServer));
    onTestFinished(() => dropPostgresDatabase(url));
    const pool = new pg.Pool({ connectionString: url });
    onTestFinished(() => pool.end());
    await pool.query(
      'CREATE TABLE shopify_sessions (id text PRIMARY KEY, shop text, "accessToken" text)',
    );

    for (let n = 0; n < 15; n++) await reencryptSessions(postgresqlCatalog(pool), { keyring });

    expect(pool.listenerCount('error')).toBe(1);
    // A connection that breaks while it is idle does not end the process.
    expect(() => pool.emit('error', new Error('gone'))).not.toThrow();
  },
);

test.skipIf(redisServer === undefined)(
  'catalogs over one Redis client share a listener, and leave no connection behind',
  async () => {
    const url = String(redisServer);
    const name = uniqueName();
    const client = createClient({ url, name });
    onTestFinished(() => void client.destroy());
    onTestFinished(() => removeRedisKeys(url, `${name}*`));
    await client.connect();
    const connections = async () =>
      (await client.sendCommand<string>(['CLIENT', 'LIST'])).split(` name=${name} `).length - 1;
    const make = () => redisCatalog(client, { sessionKeyPrefix: name });
    const session = { ...offlineSession('a.myshopify.com').toObject(), isOnline: false };
    await make().replaceSession(undefined, session);

    for (let n = 0; n < 15; n++) {
      const report = await reencryptSessions(make(), { keyring, mode: 'migrate' });
      expect(report.scanned).toBe(1);
    }

    expect(client.listenerCount('error')).toBe(1);
    await vi.waitFor(async () => expect(await connections()).toBe(1), { timeout: 5_000 });

    const catalog = make();
    for (const _ of ['at first', 'after its connection was closed']) {
      expect((await catalog.loadSession?.(session.id))?.id).toBe(session.id);
      await vi.waitFor(async () => expect(await connections()).toBe(1), { timeout: 5_000 });
    }
  },
);
