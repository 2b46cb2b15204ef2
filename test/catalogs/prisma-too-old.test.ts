// Prisma before 4.7 has no interactive transactions: writes are refused with a sentence that says what to do.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PrismaClient, prismaCatalog } from '../../src/catalogs/prisma/index.js';
import type { Connection, Place } from '../conformance/backend.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { everySession } from './sql-tables.js';

const require = createRequire(import.meta.url);

/**
 * `$transaction` of Prisma 4.6.1, which says no before it needs an engine, which npm does not install. So its
 * client has no models.
 */
async function transactionOfPrisma46(folder: string): Promise<(work: unknown) => Promise<unknown>> {
  const { getPrismaClient } = require('prisma-client-4.6/runtime');
  await writeFile(join(folder, 'schema.prisma'), '');
  const none = { prisma: [], model: [] };
  const roots = ['Query', 'Mutation'].map((name) => ({ name, fields: [] }));
  const Client = getPrismaClient({
    document: {
      datamodel: { models: [], enums: [], types: [] },
      mappings: { modelOperations: [], otherOperations: { read: [], write: [] } },
      schema: {
        ...{ rootQueryType: 'Query', rootMutationType: 'Mutation', enumTypes: none },
        ...{ inputObjectTypes: none, outputObjectTypes: { model: [], prisma: roots } },
      },
    },
    generator: { config: { engineType: 'binary' }, previewFeatures: [] },
    ...{ dirname: folder, relativePath: '.', datasourceNames: [], activeProvider: 'sqlite' },
    ...{ clientVersion: '4.6.1', relativeEnvPaths: {}, dataProxy: false },
  });
  const client = new Client();
  return (work) => client.$transaction(work);
}

let place: Place;
let app: Connection;
beforeAll(async () => {
  place = await officialPrisma.create('');
  app = await officialPrisma.connect(place);
});
afterAll(async () => {
  await app.close();
  await officialPrisma.drop(place);
});

test('it reads, and refuses every write', async () => {
  await app.storage.storeSession(expiringOfflineSession('a.myshopify.com'));
  const client: PrismaClient = Reflect.get(app.storage, 'prisma');
  const $transaction = await transactionOfPrisma46(place.folder ?? '');
  const catalog = prismaCatalog(
    new Proxy(client, {
      get: (target, name) =>
        name === '$transaction' ? $transaction : Reflect.get(target, name, target),
    }),
  );

  const stored = await everySession(catalog);
  const [current] = stored;
  if (current === undefined) throw new Error('The session is not there.');
  const next = { ...current, accessToken: 'next' };
  const writes = [
    () => catalog.replaceSession(current, next),
    () => catalog.replaceSession(undefined, { ...current, id: 'another' }),
    () => catalog.replaceSessions?.([{ current, next }]),
    () => catalog.removeSession?.(current),
  ];
  for (const write of writes) {
    await expect(write()).rejects.toMatchObject({
      code: 'ERR_OPTION_INVALID',
      message:
        'prismaCatalog needs Prisma 4.7 or later. Update it: npm install prisma@latest @prisma/client@latest',
    });
  }
  await expect(everySession(catalog)).resolves.toEqual(stored);
});
