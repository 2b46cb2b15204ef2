// A batch of which the store refuses a part: what is said, and what is counted, is what is stored.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  RunIncompleteError,
  reencryptSessions,
  StoreUnavailableError,
} from '../../src/index.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { openLibsql, sqliteBackend } from './backends/official-sqlite.js';
import { type BatchBackend, type BatchStore, batchStores } from './batch-stores.js';
import { everySession } from './sql-tables.js';

/** More than one statement takes, wherever a batch has several. */
const count = 520;
const shopOf = (n: number) => `shop-${String(n).padStart(3, '0')}.myshopify.com`;
/** In the last part of a batch, in the order in which its rows are locked. */
const refused = `offline_${shopOf(count - 10)}`;

const oldKey = generateKey({ kid: 'old' }).text;
const newKey = generateKey({ kid: 'new' }).text;

/** Stores sessions that are sealed with the old key. */
async function fill({ catalog, storage }: BatchStore): Promise<StoredSession[]> {
  const sealed: StoredSession[] = [];
  const collecting = new EncryptedSessionStorage(
    {
      storeSession: async (session: StoredSession) => sealed.push({ ...session }) > 0,
      loadSession: async (): Promise<StoredSession | undefined> => undefined,
      deleteSession: async () => true,
    },
    { keyring: Keyring.parse(oldKey) },
  );
  for (let n = 0; n < count; n++) {
    await collecting.storeSession(expiringOfflineSession(shopOf(n)).toObject() as StoredSession);
  }
  for (let start = 0; start < count; start += 20) {
    const some = sealed.slice(start, start + 20);
    await Promise.all(
      some.map(
        (session) =>
          storage?.storeSession(session as never) ?? catalog.replaceSession(undefined, session),
      ),
    );
  }
  return everySession(catalog);
}

const resealed = (session: StoredSession): StoredSession => ({
  ...session,
  accessToken: `next ${session.id}`,
});

/** Opens a store with sessions of which it refuses to change one. */
function refusingStore(backend: BatchBackend) {
  const server = backend.server === undefined ? '' : sharedServer(backend.server);
  let store: BatchStore | undefined;
  beforeAll(async () => {
    if (server === undefined) return;
    store = await backend.open(server);
    await fill(store);
    await store.refuse(refused);
  });
  afterAll(() => store?.close());
  return {
    isMissing: server === undefined,
    catalog: () => {
      if (store === undefined) throw new Error('There is no store.');
      return store.catalog;
    },
  };
}

const ofApps = batchStores.filter(({ isAppsTable }) => isAppsTable);
const ofOurs = batchStores.filter(({ isAppsTable }) => !isAppsTable);

describe.each(ofApps)('$name: a batch of which the table refuses one session', (backend) => {
  const { isMissing, catalog } = refusingStore(backend);

  test.skipIf(isMissing)('names it, and re-seals all others', async () => {
    const keyring = Keyring.parse(`${newKey},${oldKey}`);
    const options = { keyring, batchSize: count };

    const report = await reencryptSessions(catalog(), options);

    const counts = { scanned: count, refused: 1, unreadable: 0, unresolved: 0, conflicts: 0 };
    expect(report).toMatchObject({ ...counts, reencrypted: count - 1, current: 0 });
    expect(report.findings).toEqual([
      expect.objectContaining({
        outcome: 'refused',
        sessionId: refused,
        code: 'ERR_SESSION_INVALID',
        message: expect.stringContaining('does not take it: '),
      }),
    ]);
    expect({ ...report.byKid }).toEqual({ new: count - 1, old: 1 });
    const again = await reencryptSessions(catalog(), options);
    expect(again).toMatchObject({ ...counts, reencrypted: 0, current: count - 1 });
    expect({ ...again.byKid }).toEqual({ ...report.byKid });
  });

  test.skipIf(isMissing)('answers which were replaced', async () => {
    const read = await everySession(catalog());
    const changes = read.map((current) => ({ current, next: resealed(current) }));

    const done = (await catalog().replaceSessions?.(changes)) ?? [];

    const isNext = new Map(
      (await everySession(catalog())).map(({ id, accessToken }) => [
        id,
        accessToken === `next ${id}`,
      ]),
    );
    expect(done).toEqual(read.map(({ id }) => isNext.get(id)));
    const left = done.filter((isDone) => !isDone).length;
    // All are left where nothing can be replaced together.
    if (left < count) expect(left).toBeLessThan(16);
  });
});

describe.each(ofOurs)('$name: a batch of which one session is refused', (backend) => {
  const { isMissing, catalog } = refusingStore(backend);

  test.skipIf(isMissing)('is reported by re-encryption as it was left', async () => {
    const keyring = Keyring.parse(`${newKey},${oldKey}`);

    const error: unknown = await reencryptSessions(catalog(), {
      keyring,
      batchSize: count,
    }).catch((reason: unknown) => reason);

    if (!(error instanceof RunIncompleteError)) throw new Error('It did not stop.');
    const after = await reencryptSessions(catalog(), { keyring, dryRun: true });
    expect(error.report).toMatchObject({
      scanned: count,
      reencrypted: after.current,
      current: 0,
      conflicts: 0,
      unresolved: count - after.current,
    });
    // Nobody may take the old key for one that nothing needs.
    expect({ ...error.report.byKid }).toEqual({ ...after.before.byKid });
  });

  test.skipIf(isMissing)('says whether something was written', async () => {
    const read = await everySession(catalog());
    expect(read).toHaveLength(count);

    const changes = read.map((current) => ({ current, next: resealed(current) }));
    const error: unknown = await Promise.resolve(catalog().replaceSessions?.(changes)).catch(
      (reason: unknown) => reason,
    );
    if (!(error instanceof StoreUnavailableError)) throw new Error('It was not refused.');
    const written = (await everySession(catalog())).filter(
      ({ accessToken }) => accessToken?.startsWith('next') === true,
    ).length;
    expect(written).toBeLessThan(count);
    expect(error.mayHaveTakenEffect).toBe(written > 0);
    expect(error.message).toContain(written > 0 ? 'may have taken effect' : 'Nothing was written');
  });
});

/** A catalog over SQLite, of which `failureOf` says what an update fails with, by how many came before. */
async function failingSqlite(failureOf: (updatesBefore: number) => Error | undefined) {
  const backend = sqliteBackend('libsql', openLibsql);
  const place = await backend.create('');
  onTestFinished(() => backend.drop(place));
  const database = openLibsql(join(place.folder ?? '', 'sessions.db'));
  onTestFinished(() => void database.close());
  let updates = 0;
  return sqliteCatalog({
    all(sql, values, callback) {
      const failure = /\bUPDATE\b/.test(sql) ? failureOf(updates++) : undefined;
      if (failure !== undefined) callback(failure, []);
      else callback(null, database.prepare(sql).all(...(values as string[])));
    },
  });
}

test('a batch that cannot be sent is not sent again in parts', async () => {
  let updates = 0;
  const catalog = await failingSqlite(() => {
    updates++;
    return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  });
  const read = await fill({ catalog, refuse: async () => {}, close: async () => {} });
  const changes = read.map((current) => ({ current, next: resealed(current) }));
  await expect(catalog.replaceSessions?.(changes)).rejects.toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    mayHaveTakenEffect: false,
  });
  expect(updates).toBe(1);
});

test('official SQLite: a database that is locked for a moment costs a batch nothing', async () => {
  // In the middle of a batch, if it has several statements.
  const catalog = await failingSqlite((before) =>
    before % 2 === 1
      ? Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
      : undefined,
  );
  const read = await fill({ catalog, refuse: async () => {}, close: async () => {} });
  for (const round of ['first', 'second']) {
    const current = await everySession(catalog);
    const next = (session: StoredSession) => ({ ...session, accessToken: `${round} next` });
    const done = await catalog.replaceSessions?.(
      current.map((session) => ({ current: session, next: next(session) })),
    );
    expect(done).toEqual(read.map(() => true));
  }
});
