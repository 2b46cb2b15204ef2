// The tables of the documents name what there is: no more, no less.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.js';
import * as publicApi from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { exportedNames } from './docstrings.js';
import { codeBlock, documentText, tableRows } from './documents.js';
import { interfaceMembers } from './interfaces.js';

const { EncryptedSessionStorage, Keyring, KeyvSessionStorage } = publicApi;

/** The first cell of each row of the table that starts with this title. */
const firstCells = (document: string, title: string): (string | undefined)[] =>
  tableRows(document, title).map(([first]) => first);

/** The message of the error that `action` throws or rejects with. */
async function messageOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('It did not throw.');
}

/** The options that a class has, in the words of its own refusal. */
const optionsIn = (message: string): string[] =>
  (/It has:? (.*)\.$/.exec(message)?.[1] ?? '').split(', ');

test('every error code, and no other', () => {
  const codes: string[] = Object.values(publicApi).flatMap((exported) => {
    if (typeof exported !== 'function') return [];
    if (!(exported.prototype instanceof publicApi.SessionEncryptionError)) return [];
    const error: unknown = Reflect.construct(exported, ['message']);
    return error instanceof publicApi.SessionEncryptionError ? [error.code] : [];
  });
  expect(codes.length).toBeGreaterThan(10);
  expect(firstCells('docs/errors.md', 'Code')).toEqual(codes.sort());
});

test('every exit code, and no other', () => {
  const codes = firstCells('docs/command-line.md', 'Exit code').map(Number);
  expect(codes).toEqual(Object.values(exitCodes));
});

const given = [new Keyv(), { unknown: true }] as const;
const catalog = new KeyvSessionStorage(new Keyv());
const refusals: [interfaceName: string, refuse: () => unknown][] = [
  ['EncryptedSessionStorageOptions', () => Reflect.construct(EncryptedSessionStorage, given)],
  ['KeyvSessionStorageOptions', () => Reflect.construct(KeyvSessionStorage, given)],
  [
    'ReencryptionOptions',
    () => Reflect.apply(publicApi.reencryptSessions, undefined, [catalog, given[1]]),
  ],
  [
    'CopyOptions',
    () => Reflect.apply(publicApi.copySessions, undefined, [catalog, catalog, given[1]]),
  ],
];

test.each(refusals)(
  '%s describes every option that is taken, and no other',
  async (name, refuse) => {
    const taken = optionsIn(await messageOf(refuse));
    expect(taken.length).toBeGreaterThan(1);
    expect(
      interfaceMembers(name)
        .map((member) => member.name)
        .sort(),
    ).toEqual(taken.sort());
  },
);

test('README.md has every option of EncryptedSessionStorage, with its default', () => {
  const rows = tableRows('README.md', 'Option').map(([option, byDefault]) => [option, byDefault]);
  const members = interfaceMembers('EncryptedSessionStorageOptions');
  expect(rows.map(([option]) => option)).toEqual(members.map(({ name }) => name));
  for (const { name, byDefault = 'none' } of members) {
    const [, documented = ''] = rows.find(([option]) => option === name) ?? [];
    const inDocstring = byDefault.replace('the environment variable ', '').replaceAll('`', '');
    expect(documented, name).toBe(inDocstring);
  }
});

test('the entry, function and client of every catalog', () => {
  const { exports } = JSON.parse(documentText('package.json'));
  const entries = Object.keys(exports).filter(
    (entry) => !/^\.(\/open|\/package\.json)?$/.test(entry),
  );
  const rows = tableRows('docs/catalogs.md', 'Official storage');
  expect(rows.map(([, entry]) => `.${entry}`).sort()).toEqual(entries.sort());
  for (const [, entry = '', name = ''] of rows) {
    expect(exportedNames(`src/catalogs${entry}/index.ts`)).toContain(name);
  }
});

test.each(tableRows('docs/stores.md', 'URL').flatMap(([urls = '']) => urls.split(', ')))(
  '%s is a URL that openSessionStorage takes',
  (documented) => {
    const url = documented.replace('…', 'localhost').replace(/ .*/, '');
    // Nothing is opened before the first call.
    expect(openSessionStorage(url)).toMatchObject({ atomic: true });
  },
);

test('a session is kept for one day after its last possible use', async () => {
  const map = new Map<string, string>();
  const expires = new Date(Date.now() + 60_000);
  const session = { id: 'online_1', shop: 'a.myshopify.com', state: '', isOnline: true, expires };
  await new KeyvSessionStorage(new Keyv({ store: map })).storeSession(new Session(session));
  const { expiresAt } = JSON.parse(map.get('shopify-session:id:online_1') ?? '');
  expect(expiresAt - expires.getTime()).toBe(24 * 60 * 60 * 1000);
  const described = interfaceMembers('KeyvSessionStorageOptions');
  expect(described).toContainEqual(
    expect.objectContaining({ name: 'gracePeriod', byDefault: 'one day' }),
  );
});

test('the record of the Keyv storage', async () => {
  const map = new Map<string, string>();
  const storage = new EncryptedSessionStorage(new Keyv({ store: map }), {
    keyring: Keyring.generate('2026-11'),
  });
  const documented = JSON.parse(codeBlock('record').code);
  await storage.storeSession(new Session({ ...documented.session, accessToken: 'shpat_example' }));
  const stored = JSON.parse(map.get(`shopify-session:id:${documented.session.id}`) ?? '');
  const { session } = stored;
  expect(JSON.stringify(Object.keys(documented))).toBe(JSON.stringify(Object.keys(stored)));
  expect({ ...stored, nonce: 0 }).toEqual({
    ...documented,
    nonce: 0,
    session: { ...documented.session, accessToken: session.accessToken },
  });
  expect([...map.keys()]).toContain(`shopify-session:shop:${documented.session.shop}`);
});
