// The tables of the documents name what there is: no more, no less.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-codes.js';
import * as publicApi from '../../src/index.js';
import { codeBlock, tableRows } from './documents.js';

const { EncryptedSessionStorage, Keyring, KeyvSessionStorage } = publicApi;

/** The first cell of each row of the table that starts with this title. */
const firstCells = (document: string, title: string): (string | undefined)[] =>
  tableRows(document, title).map(([first]) => first);

/** The message of the error that `action` throws. */
function messageOf(action: () => unknown): string {
  try {
    action();
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
  const codes = firstCells('docs/command-line.md', 'Exit code').flatMap((cell) =>
    (cell ?? '').split(', ').map(Number),
  );
  expect(codes).toEqual(Object.values(exitCodes));
});

test('every option of EncryptedSessionStorage and of KeyvSessionStorage, and no other', () => {
  const [ofWrapper, ofKeyv] = [
    messageOf(() => Reflect.construct(EncryptedSessionStorage, [new Keyv(), { unknown: true }])),
    messageOf(() => Reflect.construct(KeyvSessionStorage, [new Keyv(), { unknown: true }])),
  ].map(optionsIn);
  expect(firstCells('README.md', 'Option').sort()).toEqual(ofWrapper?.sort());
  expect(firstCells('docs/stores.md', 'Option of KeyvSessionStorage').sort()).toEqual(
    ofKeyv?.sort(),
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
