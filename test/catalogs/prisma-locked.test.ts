// A batch over a Prisma client that finds its SQLite database locked by the app.
import { expect, test } from 'vitest';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';

/** What the test needs of a generated client. */
interface SqliteClient {
  readonly session: { updateMany(query: { data: object }): Promise<{ count: number }> };
  $transaction(work: (client: SqliteClient) => Promise<void>): Promise<void>;
  $disconnect(): Promise<void>;
}

test('sessions are replaced once the app is done, and the app can write again', async () => {
  const place = await officialPrisma.create('');
  const [app, rotator] = await Promise.all([
    officialPrisma.connect(place),
    officialPrisma.connect(place),
  ]);
  const [appClient, client]: SqliteClient[] = [app, rotator].map(({ storage }) =>
    Reflect.get(storage, 'prisma'),
  );
  if (appClient === undefined || client === undefined) throw new Error('There is no client.');
  const catalog = prismaCatalog(client);
  const current = {
    id: 'offline_a',
    shop: 'a.myshopify.com',
    state: '',
    isOnline: false,
    accessToken: 'old',
  };
  const next = { ...current, accessToken: 'new' };
  try {
    await catalog.replaceSession(undefined, current);
    let replacing: Promise<boolean[]> | undefined;
    await appClient.$transaction(async (transaction) => {
      await transaction.session.updateMany({ data: { state: 'locked' } });
      replacing = catalog.replaceSessions?.([{ current, next }]);
      // Long enough for several attempts; fewer would only make the test easier.
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    await expect(replacing).resolves.toEqual([true]);
    await expect(appClient.session.updateMany({ data: { state: 'free' } })).resolves.toEqual({
      count: 1,
    });
    await expect(catalog.loadSession?.(current.id)).resolves.toMatchObject({ accessToken: 'new' });
  } finally {
    await Promise.all([app.close(), rotator.close()]);
    await officialPrisma.drop(place);
  }
});
