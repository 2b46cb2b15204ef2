// Tables are made once, even if others make them at the same time, and by whatever role may: many
// first calls at once, in several storages, after the server came back or with few rights.
import { expect, test } from 'vitest';
import { describeEachServer } from './each-server.js';
import type { FaultyServer, FaultyStore } from './faulty-server.js';
import { sessionOf, writeIn } from './sessions.js';
import { openSubject, type SubjectName } from './subjects.js';

const deadline = 5_000;

const places = Array.from({ length: 6 }, (_, at) => {
  const shop = `first-${at}.myshopify.com`;
  return { id: `offline_${shop}`, shop };
});

/** Six instances store a session each, as their first call and at once, and load each other's. */
async function allFirstCallsAtOnce(
  subject: SubjectName,
  url: string,
  before: (instances: Awaited<ReturnType<typeof openSubject>>[]) => Promise<void> = async () => {},
): Promise<void> {
  const instances = await Promise.all(places.map(() => openSubject(subject, url, deadline)));
  try {
    await before(instances);
    const stored = await Promise.all(
      places.map((place, at) => instances[at]?.storage.storeSession(sessionOf(place, 1))),
    );
    expect(stored).toEqual(places.map(() => true));
    const found = await Promise.all(
      places.map(async (place, at) => {
        const session = await instances[5 - at]?.storage.loadSession(place.id);
        return session && writeIn(session, place);
      }),
    );
    expect(found).toEqual(places.map(() => 1));
  } finally {
    await Promise.allSettled(instances.map((instance) => instance.close()));
  }
}

describeEachServer((kind, subject, server) => {
  test('six first calls at once', async () => {
    const store = await server().newStore();
    await allFirstCallsAtOnce(subject, store.url);
  });

  test('six first calls at once after the server was down when the instances started', async () => {
    const store = await server().newStore();
    await server().network.refuse();
    await allFirstCallsAtOnce(subject, store.url, () => server().network.restore());
  });

  test('six calls at once after the server came back', async () => {
    const store = await server().newStore();
    await server().network.refuse();
    await allFirstCallsAtOnce(subject, store.url, async (instances) => {
      const told = await Promise.allSettled(
        instances.map(({ storage }) => storage.loadSession('none')),
      );
      expect(told.map(({ status }) => status)).toEqual(places.map(() => 'rejected'));
      await server().network.restore();
    });
  });

  if (kind !== 'postgres' && kind !== 'mysql') return;

  test('a role that may do nothing but read and write the table', async () => {
    const store = await server().newStore();
    const administrator = await openSubject(subject, store.url, deadline);
    await administrator.storage.storeSession(
      sessionOf({ id: 'any', shop: 'any.myshopify.com' }, 1),
    );
    await administrator.close();
    await allFirstCallsAtOnce(subject, await asTableUser(server(), store));
  });

  if (kind === 'mysql') return;

  test('a role that owns nothing but its schema', async () => {
    const store = await server().newStore();
    await allFirstCallsAtOnce(subject, await asSchemaOwner(server(), store));
  });
});

/** For a user who may select, insert, update and delete, and nothing else. */
async function asTableUser(server: FaultyServer, store: FaultyStore): Promise<string> {
  const url = new URL(store.url);
  const database = url.pathname.slice(1);
  const rights = 'SELECT, INSERT, UPDATE, DELETE';
  url.username = `user_${database}`.slice(-30);
  if (server.kind === 'mysql') {
    for (const host of ['localhost', '127.0.0.1', '%']) {
      await server.command(`CREATE USER ${url.username}@'${host}'`);
      await server.command(`GRANT ${rights} ON ${database}.* TO ${url.username}@'${host}'`);
    }
  } else {
    await server.command(`CREATE ROLE ${url.username} LOGIN`);
    await store.command(`GRANT ${rights} ON ALL TABLES IN SCHEMA public TO ${url.username}`);
  }
  return url.href;
}

/** For a user whose search path is a schema of its own, and who may make nothing elsewhere. */
async function asSchemaOwner(server: FaultyServer, store: FaultyStore): Promise<string> {
  const url = new URL(store.url);
  url.username = `owner_${url.pathname.slice(1)}`.slice(-30);
  await server.command(`CREATE ROLE ${url.username} LOGIN`);
  await store.command(`CREATE SCHEMA own AUTHORIZATION ${url.username}`);
  url.searchParams.set('schema', 'own');
  return url.href;
}
