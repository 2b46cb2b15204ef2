// The calls that are measured on each storage, and what they need in the store.
import type { Session } from '@shopify/shopify-api';
import { callFrom } from '../measuring/callers.js';
import type { Contender } from '../measuring/side-by-side.js';
import { at, offlineSession, onlineSession } from '../sealing/samples.js';
import type { StorageUnderTest } from './storage-under-test.js';

/** How many sessions one call of `deleteSessions` deletes. */
export const DELETED_AT_ONCE = 20;
/** How many sessions a shop has that is looked for. */
export const SHOP_SIZES = [1, 50, 500] as const;

const shops = Array.from({ length: 128 }, (_, index) =>
  offlineSession(`shop-${index}.myshopify.com`),
);
const shopOfSize = (size: number) => `shop-with-${size}.myshopify.com`;

/** Puts in the store what the calls look for. */
export async function fill({ storage }: StorageUnderTest): Promise<void> {
  for (const session of shops) await storage.storeSession(session);
  for (const size of SHOP_SIZES) {
    // One after the other: the official Redis storage loses sessions that are stored at once.
    for (let user = 1; user <= size; user++) {
      await storage.storeSession(onlineSession(shopOfSize(size), user));
    }
    const found = await storage.findSessionsByShop(shopOfSize(size));
    if (found.length !== size) throw new Error(`${found.length} of ${size} sessions found`);
  }
}

/** One kind of call. */
export interface StorageCall {
  readonly name: string;
  /** Whether each call needs sessions of its own in the store, so that few of them make a turn. */
  readonly needsPreparing?: true;
  /** Whether many callers at once take seconds: left out of a quick run. */
  readonly isLarge?: boolean;
  contender(tested: StorageUnderTest, callers: number): Contender;
}

export const STORE = 'storeSession';
export const LOAD = 'loadSession';
export const findOf = (size: number) => `findSessionsByShop, ${size}`;

export const storageCalls: readonly StorageCall[] = [
  {
    name: STORE,
    contender: ({ name, storage }, callers) => ({
      name,
      run: (calls) => callFrom(callers, calls, (call) => storage.storeSession(at(shops, call))),
    }),
  },
  {
    name: LOAD,
    contender: ({ name, storage }, callers) => ({
      name,
      run: (calls) => callFrom(callers, calls, (call) => storage.loadSession(at(shops, call).id)),
    }),
  },
  ...SHOP_SIZES.map(
    (size): StorageCall => ({
      name: findOf(size),
      isLarge: size === 500,
      contender: ({ name, storage }, callers) => ({
        name,
        run: (calls) =>
          callFrom(callers, calls, () => storage.findSessionsByShop(shopOfSize(size))),
      }),
    }),
  ),
  {
    name: 'storeSession, new',
    needsPreparing: true,
    contender: ({ name, storage }, callers) => {
      let sessions: Session[] = [];
      return {
        name,
        async prepare(calls) {
          sessions = newShops(calls);
        },
        run: (calls) =>
          callFrom(callers, calls, (call) => storage.storeSession(at(sessions, call))),
        async settle() {
          await storage.deleteSessions(sessions.map(({ id }) => id));
        },
      };
    },
  },
  {
    name: 'deleteSession',
    needsPreparing: true,
    contender: ({ name, storage }, callers) => {
      let sessions: Session[] = [];
      return {
        name,
        async prepare(calls) {
          sessions = newShops(calls);
          await callFrom(32, calls, (call) => storage.storeSession(at(sessions, call)));
        },
        run: (calls) =>
          callFrom(callers, calls, (call) => storage.deleteSession(at(sessions, call).id)),
      };
    },
  },
  {
    name: `deleteSessions, ${DELETED_AT_ONCE}`,
    needsPreparing: true,
    isLarge: true,
    contender: ({ name, storage }, callers) => {
      let idsOfShops: string[][] = [];
      return {
        name,
        async prepare(calls) {
          idsOfShops = [];
          await callFrom(32, calls, async () => {
            const shop = newShop();
            const ids: string[] = [];
            idsOfShops.push(ids);
            for (let user = 1; user <= DELETED_AT_ONCE; user++) {
              const session = onlineSession(shop, user);
              ids.push(session.id);
              await storage.storeSession(session);
            }
          });
        },
        run: (calls) =>
          callFrom(callers, calls, (call) => storage.deleteSessions(at(idsOfShops, call))),
      };
    },
  },
];

let shopsMade = 0;

function newShop(): string {
  return `new-shop-${shopsMade++}.myshopify.com`;
}

function newShops(count: number): Session[] {
  return Array.from({ length: count }, () => offlineSession(newShop()));
}
