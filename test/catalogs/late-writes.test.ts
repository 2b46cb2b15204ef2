// A write of a catalog that waits in the app's own client at its deadline is never sent: the app may have
// stored a newer token since then.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { Place } from '../conformance/backend.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { untilAnswers } from '../faults/until.js';
import { sharedServer } from '../servers/shared.js';
import type { CatalogConnection } from './catalog-backend.js';
import { type App, apps } from './late-write-apps.js';
import { everySession } from './sql-tables.js';

const deadline = 150;

describe.each(apps)('the catalog over $name', ({ backend, open, isOpaque = false }) => {
  const server = backend.server === undefined ? '' : sharedServer(backend.server);
  let place: Place = {};
  let beside: CatalogConnection;
  let app: App;
  let current: StoredSession;
  beforeAll(async () => {
    if (server === undefined) return;
    place = await backend.create(server);
    beside = await backend.connect(place);
  });
  afterAll(async () => {
    if (server === undefined) return;
    await beside.close();
    await backend.drop(place);
  });
  beforeEach(async () => {
    if (server === undefined) return;
    app = await open(place, deadline);
    await beside.storage.storeSession(expiringOfflineSession('a.myshopify.com'));
    // A busy machine may take longer than the deadline.
    const [read] = await untilAnswers(() => everySession(app.catalog));
    if (read === undefined) throw new Error('The session is not there.');
    current = read;
    // Has the catalog look at the table, so that what waits is the write.
    await untilAnswers(async () => app.catalog.misfits?.([read]));
  });
  afterEach(async () => {
    if (server === undefined) return;
    await app.close();
    for (const { id } of await everySession(beside.catalog)) await beside.storage.deleteSession(id);
  });

  const replace = () => app.catalog.replaceSession(current, { ...current, accessToken: 'late' });
  const writes: readonly [string, () => Promise<unknown> | undefined][] = [
    ['replaceSession', replace],
    [
      'replaceSession of a new one',
      () => app.catalog.replaceSession(undefined, { ...current, id: 'late' }),
    ],
    [
      'replaceSessions',
      () =>
        app.catalog.replaceSessions?.([{ current, next: { ...current, accessToken: 'late' } }]) ??
        replace(),
    ],
    [
      'insertSessions',
      () => {
        const late = ['late', 'later'].map((id) => ({ ...current, id }));
        return app.catalog.insertSessions?.(late) ?? replace();
      },
    ],
    ['removeSession', () => app.catalog.removeSession?.(current)],
  ];

  test.skipIf(server === undefined).each(writes)(
    '%s that waits for a connection until the deadline is never sent',
    async (_name, write) => {
      const giveBack = await app.hold();
      const [told] = await Promise.allSettled([write()]);
      await giveBack();

      await app.settle();
      await expect(everySession(beside.catalog)).resolves.toEqual([current]);
      expect(told).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'ERR_STORE_UNAVAILABLE',
          mayHaveTakenEffect: isOpaque,
          message: expect.stringContaining(
            isOpaque ? 'may have taken effect' : 'Nothing was written',
          ),
        },
      });
    },
  );

  test.skipIf(server === undefined)(
    'a connection that comes after the deadline goes back to the pool',
    async () => {
      const giveBack = await app.hold();
      const calls = Array.from({ length: 5 }, () => app.catalog.loadSession?.(current.id));
      for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
      await giveBack();
      await app.settle();

      await expect(
        untilAnswers(async () => app.catalog.loadSession?.(current.id)),
      ).resolves.toEqual(current);
      const next = { ...current, accessToken: 'next' };
      await untilAnswers(() => app.catalog.replaceSession(current, next));
      await expect(everySession(beside.catalog)).resolves.toEqual([next]);
    },
  );
});
