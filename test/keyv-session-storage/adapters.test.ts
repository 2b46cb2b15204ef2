// What the storage does over each adapter of Keyv: it works, or says what is wrong; never does a
// store that holds sessions look empty. docs/stores.md shows the same table.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyvSessionStorage, OptionInvalidError } from '../../src/index.js';
import {
  type AdapterMaker,
  type AdapterName,
  type AdapterScene,
  makers,
} from './adapters/makers.js';
import { type AdapterRow, adapterTable } from './adapters/table.js';

/** Each in its own way hard to keep: ids that differ in case only, a colon in front, 100 KB. */
const session = (id: string, token: string) =>
  new Session({ id, shop: 'a.myshopify.com', state: 's', isOnline: false, accessToken: token });
const sessions = [
  session('a.myshopify.com_1', 'lower'),
  session('A.myshopify.com_1', 'UPPER'),
  session('a.myshopify.com_2', ':base64:YQ=='),
  session('a.myshopify.com_3', 'x'.repeat(100_000)),
];
const tokens = sessions.map(({ accessToken }) => accessToken).sort();

const isHere = (name: AdapterName) => (makers[name] as AdapterMaker).missing === undefined;

const warnings: string[] = [];
process.on('warning', (warning: Error & { code?: string }) => {
  if (warning.code === 'SESSION_STORE_NOT_ATOMIC') warnings.push(warning.message);
});

describe.each([
  ['Keyv 5', (store: object) => new Keyv({ store })],
  ['Keyv 6', (store: object) => new Keyv6({ store: store as never })],
])('%s', (_, newKeyv) => {
  for (const [name, row] of Object.entries(adapterTable) as [AdapterName, AdapterRow][]) {
    const maker: AdapterMaker = makers[name];
    if (maker.missing !== undefined) {
      console.warn(
        `\n\u001B[1;33mSKIPPED: ${name}, which needs ${maker.missing}. Install it.\u001B[0m\n`,
      );
    }
    describe.skipIf(maker.missing !== undefined)(name, () => {
      let scene: AdapterScene;
      let adapter: object;
      beforeAll(async () => {
        scene = await maker.start();
        adapter = await scene.make();
      });
      afterAll(() => scene?.stop());
      const open = () => new KeyvSessionStorage<Session>(newKeyv(adapter));

      if (row.refused !== undefined) {
        const [when, reason] = row.refused;
        test(`is refused ${when}`, async () => {
          const use = async () => {
            const storage = open();
            expect(when).toBe('at the first call');
            await storage.storeSession(sessions[0] as Session);
          };
          const error = await use().catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(OptionInvalidError);
          expect(String(error)).toContain(reason);
        });
        return;
      }

      test('keeps sessions as they are, finds them by shop, lists or refuses to list them, and deletes them', async () => {
        const storage = open();
        expect(storage.atomic).toBe(row.compareAndSwap === 'native');
        for (const each of sessions) expect(await storage.storeSession(each)).toBe(true);
        for (const { id, accessToken } of sessions) {
          expect(await storage.loadSession(id)).toMatchObject({ id, accessToken });
        }
        expect(tokensOf(await storage.findSessionsByShop('a.myshopify.com'))).toEqual(tokens);

        const listed = list(storage);
        if (row.lists === 'yes') expect(tokensOf(await listed)).toEqual(tokens);
        else await expect(listed).rejects.toThrow(OptionInvalidError);

        expect(await storage.deleteSessions(sessions.map(({ id }) => id))).toBe(true);
        expect(await storage.findSessionsByShop('a.myshopify.com')).toEqual([]);
        await storage.disconnect().catch(() => {});
      });
    });
  }
});

test('a lock within the process is warned of, once for each kind of adapter', () => {
  const locked = (Object.entries(adapterTable) as [AdapterName, AdapterRow][]).filter(
    ([name, { compareAndSwap, refused: because }]) =>
      isHere(name) && compareAndSwap !== 'native' && because?.[0] !== 'at construction',
  );
  expect(warnings).toHaveLength(locked.length);
});

async function list(storage: KeyvSessionStorage<Session>): Promise<Session[]> {
  const all: Session[] = [];
  for await (const each of storage.sessions()) all.push(each);
  return all;
}

const tokensOf = (found: readonly Session[]) => found.map(({ accessToken }) => accessToken).sort();
