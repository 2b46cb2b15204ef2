// The conformance suite. It runs over every storage bare, which shows that it asks nothing but what
// that storage does, and over the same storage wrapped, which must behave the same.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { afterAll, beforeAll, describe } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { sharedServer } from '../servers/shared.js';
import type { Backend, Connection, Place } from './backend.js';
import { encryptedSuite } from './encrypted-suite.js';
import { processesSuite } from './processes-suite.js';
import { storageSuite } from './storage-suite.js';

export interface ConformanceOptions {
  /** Starts a server for this suite alone, instead of the shared one. */
  readonly server?: () => Promise<{ readonly url: string; stop(): Promise<void> }>;
  /** Whether `server` can work here. */
  readonly canStart?: boolean;
}

/** Registers the suite over `backend`; skipped where the server that it needs cannot be had. */
export function sessionStorageConformance(
  backend: Backend,
  options: ConformanceOptions = {},
): void {
  const shared = backend.server === undefined ? '' : sharedServer(backend.server);
  const missing = options.server === undefined ? shared === undefined : options.canStart === false;

  describe.skipIf(missing)(backend.name, () => {
    let own: { readonly url: string; stop(): Promise<void> } | undefined;
    beforeAll(async () => {
      own = await options.server?.();
    });
    afterAll(() => own?.stop());
    const server = async () => own?.url ?? shared ?? '';

    const describeStorage = (
      title: string,
      wrap: (inner: SessionStorage) => SessionStorage,
      capabilities: Backend['capabilities'],
    ) =>
      describe(title, () => {
        let place: Place | undefined;
        let connection: Connection | undefined;
        let storage: SessionStorage | undefined;
        beforeAll(async () => {
          place = await backend.create(await server());
          connection = await backend.connect(place);
          storage = wrap(connection.storage);
        });
        afterAll(async () => {
          await connection?.close();
          if (place !== undefined) await backend.drop(place);
        });
        storageSuite(() => {
          if (storage === undefined) throw new Error('The storage is not open.');
          return storage;
        }, capabilities);
      });

    describeStorage('bare', (inner) => inner, backend.capabilities);
    describeStorage(
      'wrapped',
      (inner) => new EncryptedSessionStorage(inner, { keyring: Keyring.generate() }),
      // What the wrapper adds, whatever the storage.
      {
        ...backend.capabilities,
        copies: true,
        forgetsTokens: true,
        deletesNone: true,
        findsOnce: true,
      },
    );
    describe('at rest', () => encryptedSuite(backend, server));
    if (backend.capabilities.processes) {
      describe('from several processes', () => processesSuite(backend, server));
    }
  });
}
