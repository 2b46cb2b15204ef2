// A write that was reported as failed while it still waited to be sent is never sent: another
// instance may have stored a newer token since then, and refresh tokens work once.
import { expect, test } from 'vitest';
import { StoreUnavailableError } from '../../src/index.js';
import { describeEachServer } from './each-server.js';
import type { Network } from './network.js';
import { sessionOf, writeIn } from './sessions.js';
import { openSubject } from './subjects.js';
import { untilAnswers } from './until.js';

const deadline = 1_000;

/** More than any pool has connections, so that most of them wait. */
const places = Array.from({ length: 40 }, (_, at) => {
  const shop = `late-${at}.myshopify.com`;
  return { id: `offline_${shop}`, shop };
});

/** Why a call of A waits, and what lets it go on. Nothing that was sent arrives. */
const waits: Record<string, { begin(network: Network): unknown; end(network: Network): unknown }> =
  {
    'on connections that are silent, until they are cut': {
      begin: (network) => network.silence(),
      async end(network) {
        await network.restore();
        network.cut();
      },
    },
    'for a connection that is refused, until there is one': {
      begin: (network) => network.refuse(),
      end: (network) => network.restore(),
    },
  };

describeEachServer((_, subject, server) => {
  test.each(Object.entries(waits))('a store that waits %s is not sent', async (_name, wait) => {
    const { network } = server();
    const store = await server().newStore();
    const [a, b] = await Promise.all([
      openSubject(subject, store.url, deadline),
      openSubject(subject, store.directUrl, 30_000),
    ]);
    try {
      const known = places.slice(0, places.length / 2);
      await Promise.all(known.map((place) => b.storage.storeSession(sessionOf(place, 0))));
      // A knows that these are there, and has its connections.
      await Promise.all(known.map(({ id }) => untilAnswers(() => a.storage.loadSession(id))));

      await wait.begin(network);
      const told = await Promise.allSettled(
        places.map((place) => a.storage.storeSession(sessionOf(place, 1))),
      );
      for (const answer of told) {
        expect(answer).toMatchObject({ reason: expect.any(StoreUnavailableError) });
      }
      for (const place of places) {
        expect(await b.storage.storeSession(sessionOf(place, 2))).toBe(true);
      }
      await wait.end(network);
      // What waits goes in turn: once these are answered, what waited before them was sent.
      for (let times = 0; times < 3; times++) {
        await untilAnswers(() => a.storage.loadSession('none'));
      }

      const stored = await Promise.all(
        places.map(async (place) => {
          const session = await b.storage.loadSession(place.id);
          return session && writeIn(session, place);
        }),
      );
      expect(stored).toEqual(places.map(() => 2));
    } finally {
      await network.restore();
      await Promise.allSettled([a.close(), b.close()]);
    }
  });
});
