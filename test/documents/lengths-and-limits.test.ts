// The figures in the documents are those that the package produces, or that follow from them.
import { expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring, type SessionLike } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { documentText, tableRows } from './documents.js';

/** How long a token of `characters` characters is once it is sealed. */
async function sealedLength(characters: number, keys: string): Promise<number> {
  let stored = '';
  const storage = new EncryptedSessionStorage(
    {
      storeSession: async (session: SessionLike) => {
        stored = session.accessToken ?? '';
        return true;
      },
      loadSession: async (_: string): Promise<SessionLike | undefined> => undefined,
      deleteSession: async (_: string) => true,
    },
    { keyring: Keyring.parse(keys), mode: 'strict' },
  );
  const accessToken = 't'.repeat(characters);
  const session = { id: 'offline_a', shop: 'a.myshopify.com', isOnline: false, accessToken };
  await storage.storeSession(session);
  return stored.length;
}

const keyWith = (kidLength: number) => generateKey({ kid: 'k'.repeat(kidLength) }).text;
const number = (text: string | undefined): number => Number(text?.replaceAll(',', ''));

const rows = tableRows('docs/columns.md', 'Characters of the kid').map((cells) => ({
  kid: number(cells[0]?.split(' ')[0]),
  lengths: [38, 64, 128, 255].map((token, at) => [token, number(cells[at + 1])] as const),
  longest: [191, 255].map((column, at) => [column, number(cells[at + 5])] as const),
}));

test.each(rows)('under a kid of $kid characters', async ({ kid, lengths, longest }) => {
  const keys = keyWith(kid);
  for (const [token, length] of lengths) {
    expect(await sealedLength(token, keys)).toBe(length);
    const formula = Math.ceil((4 * (63 + kid)) / 3) + Math.ceil((4 * token) / 3) + 42;
    expect(formula).toBe(length);
  }
  for (const [column, token] of longest) {
    expect(await sealedLength(token, keys)).toBeLessThanOrEqual(column);
    expect(await sealedLength(token + 1, keys)).toBeGreaterThan(column);
  }
});

test('the table has rows, and the formula is the one in the text', () => {
  expect(rows.length).toBeGreaterThan(3);
  expect(documentText('docs/columns.md')).toContain('⌈4(63 + *k*) / 3⌉ + ⌈4*n* / 3⌉ + 42');
});

test('the length under an A256CBC-HS512 key', async () => {
  const keys = generateKey({ kid: '2026-11', enc: 'A256CBC-HS512' }).text;
  expect(documentText('docs/columns.md')).toContain(
    `of 38 characters takes ${await sealedLength(38, keys)} with a kid of 7`,
  );
});

test('the limits of A256GCM that SECURITY.md works out', () => {
  const sealsPerShop = 2 * 24 * 365;
  const limit = 2 ** 32;
  for (const [shops, perYear, after] of tableRows('SECURITY.md', 'Shops')) {
    expect(number(perYear)).toBe(number(shops) * sealsPerShop);
    const years = limit / number(perYear);
    const [amount, unit] = (after ?? '').split(' ');
    const expected = unit === 'days' ? years * 365 : years;
    expect(expected.toFixed(amount?.includes('.') ? 1 : 0)).toBe(amount);
  }
  const text = documentText('SECURITY.md');
  expect(text).toContain(`${sealsPerShop.toLocaleString('en')} seals per shop and year`);
  expect(text).toContain(`(${limit.toLocaleString('en')})`);
  const blocks = 10_000_000 * sealsPerShop * (Math.floor(38 / 16) + 1);
  expect(text).toContain(`${blocks.toLocaleString('en')} (less than 2^39) a year`);
  expect(blocks).toBeLessThan(2 ** 39);
});
