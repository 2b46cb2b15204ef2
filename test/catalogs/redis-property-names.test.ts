// The catalog of the official Redis storage reads what that storage reads, however names are written.
import { Session } from '@shopify/shopify-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSession, encodeSession, withChanges } from '../../src/catalogs/property-array.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';

const names = ['accessToken', 'ACCESSTOKEN', 'AccessToken', 'refreshToken', 'REFRESHTOKEN'];
const more = ['scope', 'SCOPE', '__proto__', 'constructor', 'unknown'];
const tokenEntry = fc.tuple(
  fc.constantFrom(...names, ...more),
  fc.option(fc.constantFrom('a', 'b', 'c')),
);
const propertyArray = fc
  .array(tokenEntry, { maxLength: 8 })
  .map((entries) => [['id', 'offline_a'], ['shop', 'a.myshopify.com'], ...entries]);

/** What the official storage makes of a text. */
const official = (text: string) => {
  const { accessToken, refreshToken, scope } = Session.fromPropertyArray(JSON.parse(text), true);
  return { accessToken, refreshToken, scope };
};
const ours = (text: string) => {
  const { accessToken, refreshToken, scope } = decodeSession(text) ?? ({} as StoredSession);
  return { accessToken, refreshToken, scope };
};

test('of names that differ in case only, it reads the one that the storage reads', () => {
  fc.assert(
    fc.property(propertyArray, (entries) => {
      const text = JSON.stringify(entries);
      expect(ours(text)).toEqual(official(text));
    }),
  );
});

test('what it writes is what the storage then reads, and the only one of its name', () => {
  fc.assert(
    fc.property(propertyArray, (entries) => {
      const text = JSON.stringify(entries);
      const current = decodeSession(text);
      if (current === undefined) throw new Error('not a session');
      const next = { ...current, accessToken: 'new' };
      const written = withChanges(text, current, next);
      expect(official(written)).toEqual({ ...official(text), accessToken: 'new' });
      const written0 = JSON.parse(written) as [string, unknown][];
      const tokens = written0.filter(([name]) => name.toLowerCase() === 'accesstoken');
      expect(tokens).toHaveLength(1);
    }),
  );
});

test('a member __proto__ changes no class and adds no property', () => {
  const text = encodeSession({ id: 'a', shop: 'b', isOnline: false }).replace(
    '[[',
    '[["__proto__",{"accessToken":"planted"}],[',
  );
  const session = decodeSession(text);
  expect(Object.getPrototypeOf(session)).toBe(Object.prototype);
  expect(session?.accessToken).toBeUndefined();
});
