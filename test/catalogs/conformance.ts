// The conformance suite of session catalogs. Sessions are written by the storage that an app uses,
// wrapped in ours, as they are while a key is rotated.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { offlineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { accountSuite } from './account-suite.js';
import { batchSuite } from './batch-suite.js';
import type { CatalogBackend } from './catalog-backend.js';
import { CatalogScene, shop } from './catalog-scene.js';
import { enumerationSuite } from './enumeration-suite.js';
import { insertionSuite } from './insertion-suite.js';
import { replacementSuite } from './replacement-suite.js';
import { runningAppSuite } from './running-app-suite.js';

/** Registers the suite over `backend`; skipped where the server that it needs cannot be had. */
export function sessionCatalogConformance(backend: CatalogBackend): void {
  const server = backend.server === undefined ? '' : sharedServer(backend.server);

  describe.skipIf(server === undefined)(`the catalog of ${backend.name}`, () => {
    const scene = new CatalogScene(backend);
    beforeAll(() => scene.open(server ?? ''));
    afterAll(() => scene.close());
    beforeEach(() => scene.empty());

    enumerationSuite(scene);
    replacementSuite(scene);
    insertionSuite(scene);
    batchSuite(scene);
    accountSuite(scene);
    runningAppSuite(scene);

    test('has nothing to warn of in a store as its storage makes it', async () => {
      await scene.stored(offlineSession(shop));
      expect((await scene.catalog.warnings?.()) ?? []).toEqual([]);
      expect(scene.catalog.atomic).toBe(scene.atomic);
    });
  });
}
