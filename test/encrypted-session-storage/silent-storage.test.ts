// A wrapped storage of which one answer never comes, while a session is stored that was handed out without its
// tokens: what is stored is read first, and that must not keep the session locked.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StoreUnavailableError } from '../../src/index.js';
import {
  accessToken,
  gate,
  KeepingStorage,
  keyring,
  offlineSession,
  oldKeyring,
  rewrapped,
  shop,
  type wrapped,
} from './subject.js';

const id = offlineSession().id;
/** How long preparing a call may take. */
const longest = 15_000;

class Silent extends KeepingStorage {
  /** While it is there, loading waits for it. */
  held: Promise<void> | undefined;
  override async loadSession(wanted: string) {
    await this.held;
    return super.loadSession(wanted);
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** What a call ends with, and that it has not yet ended. */
function watched(call: Promise<unknown>) {
  const state = { outcome: undefined as unknown };
  call.then(
    (value) => {
      state.outcome = value;
    },
    (error: unknown) => {
      state.outcome = error;
    },
  );
  return state;
}

/** A session whose token is withheld, and a wrapped storage that stops answering. */
async function silenced(options: Parameters<typeof wrapped>[0] = {}) {
  const inner = new Silent();
  await rewrapped({ inner }, { keyring: oldKeyring }).storeSession(offlineSession());
  const storage = rewrapped({ inner }, { keyring, ...options });
  const [session] = await storage.findSessionsByShop(shop);
  if (session === undefined) throw new Error('not found');
  const { opened, open } = gate();
  inner.held = opened;
  const before = { ...inner.row(id) };
  return { inner, storage, session, before, answer: open };
}

const unavailable = (value: unknown) => {
  expect(value).toBeInstanceOf(StoreUnavailableError);
  expect(value).toMatchObject({ sessionId: id, mayHaveTakenEffect: false });
  expect(String(value)).toMatch(/Session .*did not answer within 15000 ms.*Nothing was written\./);
};

test('the store is given up, and says that nothing was written', async () => {
  const { inner, storage, session, before } = await silenced();
  const store = watched(storage.storeSession(session));
  await vi.advanceTimersByTimeAsync(longest - 1);
  expect(store.outcome).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  unavailable(store.outcome);
  expect(inner.row(id)).toEqual(before);
  expect(vi.getTimerCount()).toBe(0);
});

test('calls that come after it go on then, in their order', async () => {
  const { inner, storage, session } = await silenced();
  const store = watched(storage.storeSession(session));
  inner.held = undefined;
  const later = [
    storage.storeSession(offlineSession({ scope: 'new' })),
    storage.loadSession(id),
    storage.deleteSession(id),
    storage.storeSession(offlineSession({ scope: 'newer' })),
  ];
  await vi.advanceTimersByTimeAsync(longest);
  unavailable(store.outcome);
  expect(await Promise.all(later)).toMatchObject([true, { scope: 'new', accessToken }, true, true]);
  expect(inner.row(id).scope).toBe('newer');
});

test('an answer that comes later writes nothing', async () => {
  const { inner, storage, session, answer } = await silenced();
  const store = watched(storage.storeSession(Object.assign(session, { scope: 'late' })));
  await vi.advanceTimersByTimeAsync(longest);
  unavailable(store.outcome);
  expect(await storage.storeSession(offlineSession({ scope: 'new' }))).toBe(true);
  answer();
  await vi.advanceTimersByTimeAsync(longest);
  expect(inner.row(id).scope).toBe('new');
});

test('an answer that comes in time is used, and leaves no timer', async () => {
  const { inner, storage, session, before, answer } = await silenced();
  const store = watched(storage.storeSession(session));
  await vi.advanceTimersByTimeAsync(longest - 1);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(store.outcome).toBe(true);
  expect(inner.row(id).accessToken).toBe(before.accessToken);
  expect(vi.getTimerCount()).toBe(0);
});

test('openLegacy that answers nothing is given up too', async () => {
  const inner = new KeepingStorage();
  inner.rows.set(id, offlineSession({ accessToken: 'old:1', refreshToken: 'old:2' }));
  let isSilent = false;
  const storage = rewrapped(
    { inner },
    {
      mode: 'migrate',
      openLegacy: async (value) => {
        if (isSilent) await new Promise(() => {});
        if (value === 'old:2') throw new Error('damaged');
        return 'shpat_legacy';
      },
    },
  );
  const [session] = await storage.findSessionsByShop(shop);
  expect(session).toMatchObject({ accessToken: 'shpat_legacy', refreshToken: undefined });
  isSilent = true;
  // A copy: whether it is one is seen by what is stored, opened.
  const store = watched(storage.storeSession(offlineSession({ accessToken: 'shpat_legacy' })));
  await vi.advanceTimersByTimeAsync(longest);
  unavailable(store.outcome);
  isSilent = false;
  expect(await storage.storeSession(offlineSession())).toBe(true);
  expect(inner.row(id).accessToken).not.toBe('old:1');
});
