// A call is answered with what belongs to it, also when its connection is reset as it is sent: a client of
// node-redis that then connects again may give each command the reply of the one before.
import { setTimeout as pause } from 'node:timers/promises';
import type { Session } from '@shopify/shopify-api';
import { expect, test } from 'vitest';
import { StoreUnavailableError } from '../../src/index.js';
import { describeEachServer } from './each-server.js';
import type { FaultyServer } from './faulty-server.js';
import { sessionOf, writeIn } from './sessions.js';
import { openSubject, type SubjectName } from './subjects.js';
import { untilAnswers } from './until.js';

const places = Array.from({ length: 10 }, (_, at) => {
  const shop = `own-${at}.myshopify.com`;
  return { id: `offline_${shop}`, shop };
});

async function expectOwn(place: (typeof places)[number], loading: Promise<Session | undefined>) {
  try {
    const session = await loading;
    expect(session && writeIn(session, place)).toBe(1);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
  }
}

/** Stores, and loads while connections are reset. */
async function callDuringReset(
  subject: SubjectName,
  { network, newStore }: FaultyServer,
  rest: number,
) {
  const { url } = await newStore();
  const { storage, close } = await openSubject(subject, url, 1_000);
  try {
    for (const place of places) {
      await untilAnswers(() => storage.storeSession(sessionOf(place, 1)));
    }
    const calls: Promise<unknown>[] = [];
    // What follows a timer is queued before the process hears of the reset, and written after.
    await pause(1);
    network.cut();
    for (let turn = 0; turn < 10; turn++) {
      // In another order each time: an answer that comes a whole turn too late shows.
      for (const at of places.keys()) {
        const place = places[(at + turn) % places.length] as (typeof places)[number];
        calls.push(expectOwn(place, storage.loadSession(place.id)));
      }
      await pause(rest);
    }
    await Promise.all(calls);
  } finally {
    await close();
  }
}

describeEachServer(
  (_, subject, server) => {
    test('connections that are reset as calls are sent: each call is answered with its own', {
      timeout: 120_000,
    }, async () => {
      // A client connects again while it is called, and before it is called again.
      for (const rest of [20, 400]) await callDuringReset(subject, server(), rest);
    });
  },
  (subject) => subject.includes('client') && !subject.includes('sentinels'),
);
