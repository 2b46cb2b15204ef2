// KV cannot compare and swap: the catalog reads, waits its turn and then writes. What has not been written at the
// deadline never is, on Cloudflare's own runtime.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kvCatalog } from '../../src/catalogs/kv/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import {
  emptyKv,
  type KvNamespace,
  kvNamespaceOf,
  officialKv,
} from '../conformance/backends/official-kv.js';
import { untilAnswers } from '../faults/until.js';
import { everySession } from './sql-tables.js';

// Enough for a busy machine to read in.
const deadline = 1_000;

let place: Place;
let namespace: KvNamespace;
beforeAll(async () => {
  place = await officialKv.create('');
  namespace = await kvNamespaceOf(place);
});
afterAll(() => officialKv.drop(place));

type Operation = 'get' | 'put' | 'delete';

let catalog: SessionCatalog<StoredSession>;
let current: StoredSession;
/** What is held up: it arrives when the gate opens. */
let held: readonly Operation[];
let gate: Promise<void>;
let open: () => void;
/** The writes that arrived. */
let written: string[];
let underWay: Promise<unknown>[];

/** Everything that is sent passes the gate, if it is held up. */
function gated(): KvNamespace {
  const sent = <T>(operation: Operation, key: string, work: () => Promise<T>): Promise<T> => {
    const arrive = async () => {
      if (held.includes(operation)) await gate;
      if (operation !== 'get') written.push(`${operation} ${key}`);
      return work();
    };
    const answer = arrive();
    underWay.push(answer);
    return answer;
  };
  return {
    get: (key) => sent('get', key, () => namespace.get(key)),
    put: (key, value) => sent('put', key, () => namespace.put(key, value)),
    delete: (key) => sent('delete', key, () => namespace.delete(key)),
    list: (options) => namespace.list(options),
  };
}

beforeEach(async () => {
  held = [];
  written = [];
  underWay = [];
  gate = new Promise((resolve) => {
    open = resolve;
  });
  await emptyKv(place);
  const session = { id: 'offline_a', shop: 'a.myshopify.com', isOnline: false, accessToken: 'old' };
  await kvCatalog(namespace).replaceSession(undefined, session);
  catalog = kvCatalog(gated(), { deadline });
  // A busy machine may take longer than the deadline.
  const [read] = await untilAnswers(() => everySession(catalog));
  if (read === undefined) throw new Error('The session is not there.');
  current = read;
});

/** Lets everything that was sent arrive, and all that follows from it. */
async function settle(): Promise<void> {
  open();
  for (let seen = -1; seen !== underWay.length; ) {
    seen = underWay.length;
    await Promise.allSettled(underWay);
    await new Promise(setImmediate);
  }
}

const withToken = (accessToken: string) => ({ ...current, accessToken });
const writes: readonly [string, () => Promise<unknown> | undefined][] = [
  ['replaceSession', () => catalog.replaceSession(current, withToken('late'))],
  [
    'replaceSession of a new one',
    () => catalog.replaceSession(undefined, { ...current, id: 'late' }),
  ],
  ['removeSession', () => catalog.removeSession?.(current)],
];

describe.each(writes)('%s', (_name, write) => {
  test('that waits for what it has to read until the deadline writes nothing', async () => {
    held = ['get'];
    const [told] = await Promise.allSettled([write()]);
    await settle();
    expect(written).toEqual([]);
    expect(told).toMatchObject({
      reason: {
        code: 'ERR_STORE_UNAVAILABLE',
        mayHaveTakenEffect: false,
        message: expect.stringContaining('Nothing was written'),
      },
    });
  });

  test('whose first change is not answered by the deadline makes no other', async () => {
    held = ['put', 'delete'];
    const [told] = await Promise.allSettled([write()]);
    await settle();
    expect(written).toHaveLength(1);
    expect(told).toMatchObject({
      reason: { code: 'ERR_STORE_UNAVAILABLE', mayHaveTakenEffect: true },
    });
  });
});

test('a write that waits for its turn until the deadline is never sent', async () => {
  held = ['put'];
  const tokens = ['one', 'two', 'three'];
  const told = await Promise.allSettled(
    tokens.map((token) => catalog.replaceSession(current, withToken(token))),
  );
  await settle();
  expect(written).toEqual([`put ${current.id}`]);
  await expect(everySession(kvCatalog(namespace))).resolves.toEqual([withToken('one')]);
  expect(told).toMatchObject(
    [true, false, false].map((mayHaveTakenEffect) => ({ reason: { mayHaveTakenEffect } })),
  );
});
