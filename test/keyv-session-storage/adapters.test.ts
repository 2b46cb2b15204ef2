// What the storage does over each adapter of Keyv: it works, or says what is wrong; never does a
// store that holds sessions look empty. docs/stores.md has the same table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyvSessionStorage, OptionInvalidError } from '../../src/index.js';
import { projectFolder } from '../conformance/project-folder.js';
import {
  type AdapterMaker,
  type AdapterName,
  type AdapterScene,
  makers,
} from './adapters/makers.js';

/** What is expected of an adapter, in the words of the table. */
interface Row {
  readonly compareAndSwap: 'native' | 'in the process' | 'refused';
  readonly lists: 'yes' | 'no' | '–';
  /** Of an adapter that is refused: when, and a part of the reason. */
  readonly refused?: readonly [when: 'at construction' | 'at the first call', reason: string];
}

const native: Row = { compareAndSwap: 'native', lists: 'yes' };
const inProcess: Row = { compareAndSwap: 'in the process', lists: 'yes' };
const unlisted: Row = { compareAndSwap: 'in the process', lists: 'no' };
const refused = (...because: NonNullable<Row['refused']>): Row => ({
  compareAndSwap: 'refused',
  lists: '–',
  refused: because,
});

const table: Record<AdapterName, Row> = {
  Map: native,
  '@keyv/redis': native,
  '@keyv/valkey': native,
  '@keyv/postgres': native,
  '@keyv/sqlite': native,
  '@keyv/etcd': inProcess,
  'keyv-file': inProcess,
  'quick-lru': native,
  '@keyv/bigmap': unlisted,
  'lru-cache': unlisted,
  'keyv-lru': unlisted,
  '@keyv/mysql': refused('at construction', 'differ in case'),
  '@keyv/dynamo': refused('at construction', 'after six hours'),
  '@keyv/memcache': refused('at the first call', 'changes what it is given'),
};

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
  for (const [name, row] of Object.entries(table) as [AdapterName, Row][]) {
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
  const locked = (Object.entries(table) as [AdapterName, Row][]).filter(
    ([name, { compareAndSwap, refused: because }]) =>
      isHere(name) && compareAndSwap !== 'native' && because?.[0] !== 'at construction',
  );
  expect(warnings).toHaveLength(locked.length);
});

test('docs/stores.md has this table', () => {
  const text = readFileSync(join(projectFolder, 'docs/stores.md'), 'utf8');
  for (const [name, { compareAndSwap, lists }] of Object.entries(table)) {
    const shown = name === 'Map' ? name : `\`${name}\``;
    const line = text.split('\n').find((each) => each.startsWith(`| ${shown} |`));
    const cells = line?.split('|').map((cell) => cell.trim());
    expect(cells?.slice(2, 4), name).toEqual([compareAndSwap, lists]);
  }
});

async function list(storage: KeyvSessionStorage<Session>): Promise<Session[]> {
  const all: Session[] = [];
  for await (const each of storage.sessions()) all.push(each);
  return all;
}

const tokensOf = (found: readonly Session[]) => found.map(({ accessToken }) => accessToken).sort();
