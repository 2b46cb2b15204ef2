// A Keyv adapter of which one answer never comes, as when its client drops a connection with what waits on it.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';

type Operation = 'get' | 'set' | 'delete';

class SilentOnce {
  readonly values = new Map<string, string>();
  /** What gets no answer. */
  silent: Operation | undefined;
  /** What it does, once it is asked to, only when it is released. */
  readonly held: (() => void)[] = [];
  holds: Operation | undefined;
  readonly log: string[] = [];

  async get(key: string): Promise<string | undefined> {
    await this.#asked('get');
    return this.values.get(key);
  }
  async set(key: string, value: string): Promise<void> {
    await this.#asked('set');
    this.values.set(key, value);
  }
  async delete(key: string): Promise<boolean> {
    await this.#asked('delete');
    return this.values.delete(key);
  }
  async clear(): Promise<void> {
    this.values.clear();
  }
  on = () => this;

  async #asked(operation: Operation): Promise<void> {
    this.log.push(operation);
    if (this.silent === operation) await new Promise(() => {});
    if (this.holds === operation) await new Promise<void>((resolve) => this.held.push(resolve));
  }
}

const shop = 'silent.myshopify.com';
const session = (accessToken: string, id = `offline_${shop}`) =>
  new Session({ id, shop, state: 's', isOnline: false, accessToken });
const { id } = session('');

const deadline = 300;
/** When a call counts as dead for those that wait for it, and some time more. */
const untilDead = deadline + 5_100;

const faked = ['setTimeout', 'clearTimeout', 'performance'] as const;
beforeEach(() => void vi.useFakeTimers({ toFake: [...faked] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What a call ends with, after so many milliseconds. */
async function settled<T>(milliseconds: number, call: Promise<T>): Promise<T> {
  call.catch(() => {});
  await vi.advanceTimersByTimeAsync(milliseconds);
  return call;
}

async function opened() {
  const adapter = new SilentOnce();
  const open = () =>
    new KeyvSessionStorage<Session>(new Keyv({ store: adapter as never }), { deadline });
  const storage = open();
  await storage.storeSession(session('first'));
  const call = {
    storeSession: (token = 'late') => storage.storeSession(session(token)),
    deleteSession: () => storage.deleteSession(id),
  };
  return { adapter, storage, open, call };
}

const unavailable = { code: 'ERR_STORE_UNAVAILABLE' };

describe.each([
  ['storeSession', 'get'],
  ['storeSession', 'set'],
  ['deleteSession', 'get'],
  ['deleteSession', 'delete'],
] as const)('%s whose %s gets no answer', (method, operation) => {
  async function silenced() {
    const scene = await opened();
    scene.adapter.silent = operation;
    await expect(settled(deadline + 10, scene.call[method]())).rejects.toMatchObject(unavailable);
    scene.adapter.silent = undefined;
    return scene;
  }

  test('locks nobody out for long', async () => {
    const { storage } = await silenced();
    await vi.advanceTimersByTimeAsync(untilDead);
    expect(await settled(0, storage.storeSession(session('second')))).toBe(true);
    const other = session('other', `${shop}_1`);
    expect(await settled(0, storage.storeSession(other))).toBe(true);
    expect(await storage.loadSession(id)).toMatchObject({ accessToken: 'second' });
    expect(await storage.findSessionsByShop(shop)).toHaveLength(2);
    expect(await settled(0, storage.deleteSession(id))).toBe(true);
    expect(await storage.findSessionsByShop(shop)).toHaveLength(1);
  });

  test('is got over by calls that begin before it counts as dead, and in their order', async () => {
    const { adapter, open } = await silenced();
    const patient = new KeyvSessionStorage<Session>(new Keyv({ store: adapter as never }), {
      deadline: 10_000,
    });
    const impatient = open().storeSession(session('too early'));
    const later = ['second', 'third'].map((token) => patient.storeSession(session(token)));
    if (operation !== 'get')
      await expect(settled(deadline + 10, impatient)).rejects.toMatchObject(unavailable);
    expect(await settled(untilDead, Promise.all(later))).toEqual([true, true]);
    expect(await patient.loadSession(id)).toMatchObject({ accessToken: 'third' });
  });
});

test('what waited for a call that got no answer, and was given up, asks for nothing then', async () => {
  const { adapter, storage, call } = await opened();
  adapter.silent = 'set';
  const late = call.storeSession();
  await expect(settled(deadline + 10, late)).rejects.toMatchObject(unavailable);
  adapter.silent = undefined;
  const waiting = [call.storeSession('a'), call.deleteSession(), call.storeSession('b')];
  const refusals = await settled(deadline + 10, Promise.allSettled(waiting));
  // They were never sent.
  const reason = { ...unavailable, mayHaveTakenEffect: false };
  expect(refusals).toMatchObject(waiting.map(() => ({ reason })));
  adapter.log.length = 0;
  await vi.advanceTimersByTimeAsync(2 * untilDead);
  expect(adapter.log).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  expect(await storage.loadSession(id)).toMatchObject({ accessToken: 'first' });
});

test('a call that has been given up keeps its lock while its answer may yet come', async () => {
  const { adapter, storage, call } = await opened();
  adapter.holds = 'set';
  await expect(settled(deadline + 10, call.storeSession())).rejects.toMatchObject(unavailable);
  adapter.holds = undefined;
  await vi.advanceTimersByTimeAsync(4_000);
  const next = storage.storeSession(session('second'));
  await vi.advanceTimersByTimeAsync(10);
  adapter.log.length = 0;
  await vi.advanceTimersByTimeAsync(10);
  expect(adapter.log).toEqual([]);
  adapter.held.pop()?.();
  expect(await settled(100, next)).toBe(true);
  expect(await storage.loadSession(id)).toMatchObject({ accessToken: 'second' });
});

test('slow answers within the deadline are all awaited, in order', async () => {
  const { adapter, storage } = await opened();
  adapter.holds = 'set';
  const stores = ['a', 'b', 'c'].map((token) => storage.storeSession(session(token)));
  for (const _ of stores) {
    await vi.advanceTimersByTimeAsync(90);
    expect(adapter.held).toHaveLength(1);
    adapter.held.pop()?.();
  }
  expect(await settled(10, Promise.all(stores))).toEqual([true, true, true]);
  expect(await storage.loadSession(id)).toMatchObject({ accessToken: 'c' });
});

test('a clock that is set forward ends no lock', async () => {
  const { adapter, storage } = await opened();
  vi.useFakeTimers({ toFake: [...faked, 'Date'], now: Date.now() + 86_400_000 });
  adapter.holds = 'set';
  const stores = ['a', 'b'].map((token) => storage.storeSession(session(token)));
  await vi.advanceTimersByTimeAsync(50);
  expect(adapter.held).toHaveLength(1);
  adapter.holds = undefined;
  adapter.held.pop()?.();
  expect(await settled(10, Promise.all(stores))).toEqual([true, true]);
  expect(await storage.loadSession(id)).toMatchObject({ accessToken: 'b' });
});

test('a read that is answered after the event loop was blocked for long is not followed by a write', async () => {
  const { adapter, storage, call } = await opened();
  adapter.holds = 'get';
  const late = call.storeSession();
  await vi.advanceTimersByTimeAsync(0);
  adapter.holds = undefined;
  // Nothing runs in that time, the timer of its deadline neither.
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 2 * untilDead);
  const next = storage.storeSession(session('second'));
  adapter.log.length = 0;
  adapter.held.pop()?.();
  await expect(settled(10, late)).rejects.toMatchObject({
    ...unavailable,
    mayHaveTakenEffect: false,
  });
  expect(await next).toBe(true);
  expect(adapter.log).toEqual(['set']);
  expect(await storage.loadSession(id)).toMatchObject({ accessToken: 'second' });
});

test('waiting for a call that got no answer keeps no process alive', async () => {
  const timers = new Set<NodeJS.Timeout>();
  const { setTimeout: start, clearTimeout: end } = globalThis;
  vi.stubGlobal('setTimeout', (callback: () => void, milliseconds?: number) => {
    const run = () => {
      timers.delete(timer);
      callback();
    };
    const timer = start(run, milliseconds);
    timers.add(timer);
    return timer;
  });
  vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout) => {
    timers.delete(timer);
    end(timer);
  });
  const { adapter, call } = await opened();
  adapter.silent = 'set';
  for (const method of ['storeSession', 'deleteSession'] as const) {
    await expect(settled(deadline + 10, call[method]())).rejects.toMatchObject(unavailable);
  }
  expect(timers.size).toBeGreaterThan(0);
  expect([...timers].filter((timer) => timer.hasRef())).toEqual([]);
});
