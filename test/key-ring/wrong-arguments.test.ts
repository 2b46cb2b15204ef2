// What belongs into another function, or in another form, is refused with the call that was meant.
import { describe, expect, it } from 'vitest';
import { OptionInvalidError } from '../../src/errors.js';
import { generateKey, Keyring } from '../../src/index.js';

const { text, jwk } = generateKey({ kid: 'a' });
const jwks = JSON.stringify({ keys: [jwk] });

describe('refused, and no key is repeated:', () => {
  it.each<readonly [string, (wrong: never) => unknown, unknown, string]>([
    ['a URL as the path of a file', Keyring.fromFile, new URL('file:///keys'), 'path must be text'],
    ['keys as the path of a file', Keyring.fromFile, text, 'Keyring.parse'],
    ['a JWK Set as the path of a file', Keyring.fromFile, jwks, 'Keyring.parse'],
    ['text as a JWK Set', Keyring.fromJwks, jwks, 'Keyring.parse'],
    ['a JWK Set as text', Keyring.parse, { keys: [jwk] }, 'Keyring.fromJwks'],
  ])('%s', (_, make, wrong, words) => {
    const call = () => Reflect.apply(make, Keyring, [wrong]);
    expect(call).toThrow(OptionInvalidError);
    expect(call).toThrow(words);
    expect(call).not.toThrow(jwk.k);
  });

  // JavaScript knows of no private constructor.
  it.each([[[]], [[text]], [[{ keys: [jwk] }]]])('new Keyring(…), which has no keys', (values) => {
    const construct = () => Reflect.construct(Keyring, values);
    expect(construct).toThrow(OptionInvalidError);
    expect(construct).toThrow('Keyring.fromEnv');
  });

  it('a key source that answers bytes', async () => {
    const load = () => new TextEncoder().encode(text);
    await expect(Keyring.fromSource(load as never)).rejects.toThrow('decode them to text');
  });
});
