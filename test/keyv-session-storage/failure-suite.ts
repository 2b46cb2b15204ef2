// What an app sees when the server behind its sessions fails: an error, soon, and everything as
// before once the server is back. A process that ends, or an unhandled rejection, fails the run.
import { Session } from '@shopify/shopify-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KeyvSessionStorage, StoreUnavailableError } from '../../src/index.js';

/** A server of the test's own. */
interface FailingServer {
  kill(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  freeze(): void | Promise<void>;
  thaw(): void;
  setPassword(password: string): Promise<void>;
  setReadOnly(readOnly: boolean): Promise<void>;
}

/** In milliseconds. On a busy machine a healthy server may take longer: then it is asked again. */
export const deadline = 800;
/** No call may take longer: the deadline, and time for a busy machine to notice. */
const patience = deadline + 30_000;

const shop = 'failing.myshopify.com';
const session = (token: string) =>
  new Session({ id: `offline_${shop}`, shop, state: 's', isOnline: false, accessToken: token });

/** Runs the suite over one kind of server and one way to make a storage for it. */
export function describeFailures<Server extends FailingServer>(
  name: string,
  start: () => Promise<Server>,
  open: (server: Server) => KeyvSessionStorage<Session>,
): void {
  describe(name, () => {
    let server: Server;
    const opened: KeyvSessionStorage<Session>[] = [];
    const storageOf = () => {
      const storage = open(server);
      opened.push(storage);
      return storage;
    };

    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await Promise.all(opened.map((storage) => storage.disconnect().catch(() => {})));
      await server.stop();
    });

    /** Until connections that may be idle for a millisecond only are closed (`@keyv/postgres`). */
    const nobodyCalls = () => new Promise((resolve) => setTimeout(resolve, 100));

    /** Every operation rejects with the public error; none answers as if there were no session. */
    const everythingFails = async (storage: KeyvSessionStorage<Session>) => {
      const operations = {
        loadSession: () => storage.loadSession(`offline_${shop}`),
        storeSession: () => storage.storeSession(session('never stored')),
        findSessionsByShop: () => storage.findSessionsByShop(shop),
        deleteSession: () => storage.deleteSession(`offline_${shop}`),
        deleteSessions: () => storage.deleteSessions([`offline_${shop}`]),
      };
      for (const [operation, run] of Object.entries(operations)) {
        const error = await within(patience, operation, run());
        expect(error, operation).toBeInstanceOf(StoreUnavailableError);
        expect(error, operation).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
      }
    };

    test('a server that is killed: every call rejects; restarted: every call works again', async () => {
      const storage = storageOf();
      await eventually(() => storage.storeSession(session('before')));
      await nobodyCalls();
      await server.kill();
      await everythingFails(storage);
      await server.restart();
      expect(await load(storage)).toMatchObject({ accessToken: 'before' });
      await eventually(() => storage.storeSession(session('after')));
      const found = await eventually(() => storage.findSessionsByShop(shop));
      expect(found).toMatchObject([{ accessToken: 'after' }]);
    });

    test('a server that restarts while nobody calls does not end the process', async () => {
      const storage = storageOf();
      await eventually(() => storage.storeSession(session('idle')));
      await nobodyCalls();
      await server.restart();
      expect(await load(storage)).toMatchObject({ accessToken: 'idle' });
    });

    test('a server that is down at the start: every call rejects; once it is up, every call works', async () => {
      await nobodyCalls();
      await server.kill();
      const storage = storageOf();
      await everythingFails(storage);
      await server.restart();
      await eventually(() => storage.storeSession(session('late')));
      expect(await load(storage)).toMatchObject({ accessToken: 'late' });
    });

    test('a server that is frozen: every call rejects after the deadline; thawed, it works again', async () => {
      const storage = storageOf();
      await eventually(() => storage.storeSession(session('warm')));
      await server.freeze();
      try {
        const error = await within(patience, 'load', storage.loadSession(`offline_${shop}`));
        expect(error).toBeInstanceOf(StoreUnavailableError);
        expect(String(error)).toContain(`did not answer within ${deadline} ms`);
      } finally {
        server.thaw();
      }
      expect(await load(storage)).toMatchObject({ accessToken: 'warm' });
    });

    test('a server that refuses writes: reads work, writes reject, nothing is changed', async () => {
      const storage = storageOf();
      await eventually(() => storage.storeSession(session('kept')));
      await server.setReadOnly(true);
      try {
        for (const write of [
          () => storage.storeSession(session('refused')),
          () => storage.deleteSession(`offline_${shop}`),
        ]) {
          expect(await within(patience, 'write', write())).toBeInstanceOf(StoreUnavailableError);
        }
        expect(await load(storage)).toMatchObject({ accessToken: 'kept' });
      } finally {
        await server.setReadOnly(false);
      }
    });

    // The last one: the server keeps its password.
    test('a wrong password: every call rejects, and no error shows the right one', async () => {
      await nobodyCalls();
      await server.setPassword('the-right-password');
      const storage = storageOf();
      const error = await within(patience, 'load', storage.loadSession(`offline_${shop}`));
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(String(error)).not.toContain('the-right-password');
      await everythingFails(storage);
    });
  });
}

/** The error that `operation` rejects with; fails if it resolves, or takes longer than `limit`. */
async function within(limit: number, name: string, operation: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} neither answered nor failed`)), limit);
  });
  const outcome = operation.then(
    (value) => {
      throw new Error(`${name} answered ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
  try {
    return await Promise.race([outcome, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a healthy server answers, once a client has found it again. */
async function eventually<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

const load = (storage: KeyvSessionStorage<Session>) =>
  eventually(() => storage.loadSession(`offline_${shop}`));
