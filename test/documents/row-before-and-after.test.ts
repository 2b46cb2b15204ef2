// The documented row before and after is a real one.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring, type SessionLike } from '../../src/index.js';
import { codeBlock, documentText } from './documents.js';

// The key is not in the README, so that nobody copies it from there.
const key = createHash('sha256')
  .update('The key of the example in README.md. Never use it.')
  .digest('base64url');

/** The columns of the block, by their titles' positions; a cell may go on in the next lines. */
function columns(): Record<string, [before: string, after: string]> {
  const [head = '', ...lines] = codeBlock('row').code.trimEnd().split('\n');
  const [before, after] = [head.indexOf('before'), head.indexOf('after')];
  const rows: Record<string, [string, string]> = {};
  let name = '';
  for (const line of lines) {
    name = line.slice(0, before).trim() || name;
    const [first, second] = rows[name] ?? ['', ''];
    rows[name] = [first + line.slice(before, after).trim(), second + line.slice(after).trim()];
  }
  return rows;
}

/** What the columns of this name hold, before and after. */
function column(name: string): [before: string, after: string] {
  const found = columns()[name];
  if (found === undefined) throw new Error(`The row has no ${name}.`);
  return found;
}

/** Opens the sealed token in a row of this shop. */
function openIn(shop: string): Promise<SessionLike | undefined> {
  const [[, id], [, accessToken]] = [column('id'), column('accessToken')];
  const inner = {
    storeSession: async (_: SessionLike) => true,
    loadSession: async (_: string): Promise<SessionLike | undefined> => {
      return { id, shop, isOnline: false, accessToken };
    },
    deleteSession: async (_: string) => true,
  };
  const keyring = Keyring.parse(`2026-11:${key}`);
  return new EncryptedSessionStorage(inner, { keyring, mode: 'strict' }).loadSession(id);
}

test('what is not sealed is the same before and after', () => {
  for (const name of ['id', 'shop', 'scope']) expect(column(name)[0]).toBe(column(name)[1]);
});

test('the sealed token opens to the one beside it', async () => {
  const [token] = column('accessToken');
  expect(token).toHaveLength(38);
  expect((await openIn(column('shop')[1]))?.accessToken).toBe(token);
});

test("the sealed token does not open in another shop's row", async () => {
  const code = 'ERR_TOKEN_CONTEXT';
  await expect(openIn('books.myshopify.com')).rejects.toMatchObject({ code });
});

test('the picture shows the same row', () => {
  const cells = [
    ...documentText('docs/images/row.svg').matchAll(/<text [^>]*class="code[^>]*>(.*)</g),
  ];
  const shown = cells.map(([, cell]) => cell).sort();
  const lines = codeBlock('row').code.trimEnd().split('\n').slice(1);
  expect(shown).toEqual(lines.flatMap((line) => line.trim().split(/ +/)).sort());
});
