import { describe, expect, it } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';

const a = generateKey({ kid: 'a' });
const b = generateKey({ kid: 'b' });
const high = generateKey({ kid: 'high', enc: 'A256CBC-HS512' });

describe('Keyring.parse', () => {
  it('takes one key, which is the primary', () => {
    const keyring = Keyring.parse(a.text);
    expect(keyring.primary).toBe('a');
    expect(keyring.kids).toEqual(['a']);
  });

  it('takes several, the first of which is the primary', () => {
    const keyring = Keyring.parse(`${b.text},${a.text}`);
    expect(keyring.primary).toBe('b');
    expect(keyring.kids).toEqual(['b', 'a']);
  });

  it('ignores white space around keys, a line end and a byte order mark', () => {
    const keyring = Keyring.parse(`\ufeff ${a.text} ,\r\n ${b.text}\r\n`);
    expect(keyring.kids).toEqual(['a', 'b']);
  });

  it('takes a JWK Set in JSON, with both algorithms', () => {
    const keyring = Keyring.parse(JSON.stringify({ keys: [high.jwk, a.jwk] }, null, 2));
    expect(keyring.kids).toEqual(['high', 'a']);
    expect(keyring.kids.map((kid) => keyring.algorithm(kid))).toEqual(['A256CBC-HS512', 'A256GCM']);
  });

  it.each([
    ...['__proto__', 'constructor', 'toString', '-', '.', 'A'.repeat(32)],
    ...['arn', 'https', 'SESSION_ENCRYPTION_KEY', 'SESSION_ENCRYPTION_KEYS'],
  ])('takes the key id %s', (kid) => {
    const { text } = generateKey({ kid });
    expect(Keyring.parse(text).kids).toEqual([kid]);
    const keyring = Keyring.parse(`${text},${a.text}`);
    expect(keyring.kids).toEqual([kid, 'a']);
    expect(keyring.fingerprint(kid)).toMatch(/^[0-9a-f]{12}$/);
  });

  it('gives the same keys as the same keys in a JWK Set', () => {
    const text = Keyring.parse(`${a.text},${b.text}`);
    const set = Keyring.fromJwks({ keys: [a.jwk, b.jwk] });
    expect(set.kids).toEqual(text.kids);
    for (const kid of set.kids) expect(set.fingerprint(kid)).toBe(text.fingerprint(kid));
  });
});

describe('a generated key', () => {
  it('is named for the month and two random characters when no id is given', () => {
    const month = new Date().toISOString().slice(0, 7);
    expect(generateKey().kid).toMatch(new RegExp(`^${month}-[a-z2-9]{2}$`));
    expect(Keyring.generate().primary).toMatch(/^\d{4}-\d\d-[a-z2-9]{2}$/);
  });

  it('is a new one each time', () => {
    const one = Keyring.generate('k');
    expect(Keyring.generate('k').fingerprint('k')).not.toBe(one.fingerprint('k'));
  });

  it('for A256CBC-HS512 comes as a JWK Set', () => {
    const keyring = Keyring.parse(high.text);
    expect(keyring.fingerprint('high')).toBe(
      Keyring.fromJwks({ keys: [high.jwk] }).fingerprint('high'),
    );
  });

  it('needs an id that is one', () => {
    expect(() => Keyring.generate('two words')).toThrow(/^The kid is not one: /);
  });
});

describe('a fingerprint', () => {
  // Pinned: rings are compared across machines and across versions of this package.
  it('is the same on every machine and in every version', () => {
    const keyring = Keyring.parse('a:8bpdF3HgclIQxBtKGmeMAmAZondYLgT3rjEHO5FSWM8');
    expect(keyring.fingerprint('a')).toMatchInlineSnapshot(`"a1e498ff55ca"`);
  });

  it('of a key that the key ring does not hold is an error', () => {
    expect(() => Keyring.parse(a.text).fingerprint('b')).toThrow(/holds no key with this id/);
  });
});
