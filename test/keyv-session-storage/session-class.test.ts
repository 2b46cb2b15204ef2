// Of which class the sessions are that come out of a store: the app's own, whichever copy or release
// of shopify-api it has.
import { createRequire } from 'node:module';
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { Session as Session11 } from 'shopify-api-11';
import { describe, expect, it } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';

const { Session: CommonJsSession } = createRequire(import.meta.url)('@shopify/shopify-api') as {
  Session: typeof Session;
};

const shop = 'a.myshopify.com';
const parameters = { id: 'offline_a', shop, state: '', isOnline: false, accessToken: 'token' };

/** Two storages over one store: of the process that stored sessions, and of another one. */
function storages() {
  const keyv = new Keyv();
  return [new KeyvSessionStorage<object & Session>(keyv), new KeyvSessionStorage(keyv)] as const;
}

describe('a session that is read', () => {
  it.each([
    ['the ES module of shopify-api', Session],
    ['the CommonJS copy of shopify-api', CommonJsSession],
    ['another release of shopify-api', Session11 as unknown as typeof Session],
  ])('is of the class that the app stored, from %s', async (_name, AppSession) => {
    const [storage] = storages();
    await storage.storeSession(new AppSession(parameters));
    expect(await storage.loadSession('offline_a')).toBeInstanceOf(AppSession);
    const [found] = await storage.findSessionsByShop(shop);
    expect(found).toBeInstanceOf(AppSession);
    expect(found).toEqual(new AppSession(parameters));
  });

  it('is of the installed shopify-api as long as the app has stored none', async () => {
    const [one, another] = storages();
    await one.storeSession(new CommonJsSession(parameters));
    expect(await another.loadSession('offline_a')).toBeInstanceOf(Session);
  });

  it('is of the class that was stored last, even while the installed one is being looked for', async () => {
    const [one, another] = storages();
    await one.storeSession(new Session(parameters));
    const loading = another.loadSession('offline_a');
    await another.storeSession(new CommonJsSession(parameters));
    await loading;
    expect(await another.loadSession('offline_a')).toBeInstanceOf(CommonJsSession);
  });

  it('is of a class of the app whose constructor takes something else', async () => {
    class RowSession {
      readonly id: string;
      readonly shop = shop;
      readonly isOnline = false;
      constructor(row: { columns: { id: string } }) {
        this.id = row.columns.id;
      }
    }
    const storage = new KeyvSessionStorage<RowSession>(new Keyv());
    await storage.storeSession(new RowSession({ columns: { id: 'offline_a' } }));
    const loaded = await storage.loadSession('offline_a');
    expect(loaded).toBeInstanceOf(RowSession);
    expect(loaded).toEqual({ id: 'offline_a', shop, isOnline: false });
  });

  it.each([
    ['freezes itself', (session: Session) => Object.freeze(session)],
    ['seals itself', (session: Session) => Object.seal(session)],
  ])('is of a class of the app that %s', async (_name, close) => {
    class Closed extends Session {
      constructor(values: typeof parameters) {
        super(values);
        close(this);
      }
    }
    const storage = new KeyvSessionStorage<Session>(new Keyv());
    await storage.storeSession(new Closed(parameters));
    const loaded = await storage.loadSession('offline_a');
    expect(loaded).toBeInstanceOf(Closed);
    expect(loaded).toEqual(new Closed(parameters));
    const [found] = await storage.findSessionsByShop(shop);
    expect(found).toEqual(loaded);
  });

  it('is of a class of the app that lets a property be set only once', async () => {
    class Once extends Session {
      constructor(values: typeof parameters) {
        super(values);
        Object.defineProperty(this, 'accessToken', { writable: false });
      }
    }
    const storage = new KeyvSessionStorage<Session>(new Keyv());
    await storage.storeSession(new Once(parameters));
    expect(await storage.loadSession('offline_a')).toEqual(new Once(parameters));
  });

  it('is of the class that the option Session names, whatever was stored', async () => {
    const storage = new KeyvSessionStorage(new Keyv(), { Session });
    await storage.storeSession(new CommonJsSession(parameters));
    expect(await storage.loadSession('offline_a')).toBeInstanceOf(Session);
  });

  it('is not made a plain object by one that was stored', async () => {
    const [storage] = storages();
    await storage.storeSession({ ...parameters } as unknown as Session);
    expect(await storage.loadSession('offline_a')).toBeInstanceOf(Session);
  });
});
