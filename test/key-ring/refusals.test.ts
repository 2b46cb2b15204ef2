import { describe, expect, it } from 'vitest';
import { KeyringInvalidError } from '../../src/errors.js';
import { Keyring } from '../../src/key-ring/index.js';

const bytes = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => (i * 37 + seed * 101 + 0xfb) & 0xff);
const base64url = (length: number, seed = 1) =>
  Buffer.from(bytes(length, seed)).toString('base64url');
const KEY = base64url(32, 1);
const OTHER = base64url(32, 2);
const LONG = base64url(64, 3);

function refusal(make: () => unknown): KeyringInvalidError {
  try {
    make();
  } catch (error) {
    if (error instanceof KeyringInvalidError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a key ring in text is refused, naming the key and what to change, when it has', () => {
  const cases: [name: string, text: string, message: RegExp][] = [
    ['nothing in it', '', /holds no key/],
    ['only white space', ' \r\n', /holds no key/],
    ['a key without an id', KEY, /key 1 has no key id/],
    ['an empty id', `:${KEY}`, /key 1 has a key id that is not one: a key id is 1 to 32 of/],
    ['an id of 33 characters', `${'k'.repeat(33)}:${KEY}`, /key 1 has a key id that is not one/],
    ['an id with a space', `old key:${KEY}`, /key 1 has a key id that is not one/],
    ['id and key the wrong way round', `${KEY}:2026-11`, /key 1 has a key id that is not one/],
    ['31 bytes', `a:${KEY},b:${base64url(31)}`, /key 2 \("b"\) is 31 bytes long/],
    ['33 bytes', `a:${base64url(33)}`, /key 1 \("a"\) is 33 bytes long/],
    ['16 bytes', `a:${base64url(16)}`, /key 1 \("a"\) is 16 bytes long/],
    ['no bytes', 'a:', /key 1 \("a"\) is 0 bytes long/],
    ['64 bytes', `a:${LONG}`, /key 1 \("a"\) is 64 bytes long; .*A256CBC-HS512 in a JWK Set/],
    ['hexadecimal', `a:${'0123456789abcdef'.repeat(4)}`, /key 1 \("a"\) is in hexadecimal/],
    ['HEXADECIMAL', `a:${'0123456789ABCDEF'.repeat(4)}`, /key 1 \("a"\) is in hexadecimal/],
    ['padding', `a:${KEY}=`, /key 1 \("a"\) is in standard base64; .*base64url/],
    ['another alphabet', `a:${'+/'.repeat(21)}A`, /key 1 \("a"\) is in standard base64/],
    ['a character missing', `a:${KEY.slice(0, -2)}`, /key 1 \("a"\) is not canonical base64url/],
    ['stray bits at the end', `a:${KEY.slice(0, -1)}B`, /key 1 \("a"\) is not canonical base64url/],
    ['a passphrase', 'a:correct horse battery staple', /key 1 \("a"\) .* not a passphrase/],
    ['a passphrase alone', 'correct horse battery staple', /key 1 has no key id/],
    ['a key of zeros', `a:${'A'.repeat(43)}`, /key 1 \("a"\) is all zeros/],
    ['one id twice', `a:${KEY},b:${OTHER},a:${OTHER}`, /key 3 \("a"\) has the key id of key 1/],
    ['one key twice', `a:${KEY},b:${KEY}`, /key 2 \("b"\) is the same key as key 1 \("a"\)/],
    ['a comma at the end', `a:${KEY},`, /key 2 is empty; remove the extra comma/],
    ['a comma at the start', `,a:${KEY}`, /key 1 is empty; remove the extra comma/],
    ['line breaks for commas', `a:${KEY}\nb:${OTHER}`, /key 1 \("a"\) has a line break in it/],
    ['quotes around it', `"a:${KEY}"`, /remove the quotes/],
    ['single quotes around it', `'a:${KEY}'`, /remove the quotes/],
    ['quotes around a key', `a:"${KEY}"`, /key 1 \("a"\) has quotes around it/],
    ['its own name in it', `SESSION_ENCRYPTION_KEYS=a:${KEY}`, /repeats the variable/],
    ['broken JSON', `{"keys":[{"k":"${KEY}"`, /starts like a JWK Set but is not valid JSON/],
    ['an array', `[{"k":"${KEY}"}]`, /is not a JWK Set/],
    ['semicolons', `a:${KEY};b:${OTHER}`, /has semicolons; separate keys with commas/],
    ['the two characters \\n', `a:${KEY}\\nb:${OTHER}`, /holds a backslash and a letter/],
    ['spaces for commas', `a:${KEY} b:${OTHER}`, /key 1 \("a"\) has a space behind it; .* commas/],
    ['YAML', `a: ${KEY}\nb: ${OTHER}`, /key 1 \("a"\) has white space after the ":", as in YAML/],
    ['“typographic” quotes', `“a:${KEY}”`, /remove the quotes/],
    [
      'a bare key in hexadecimal',
      '0123456789abcdef'.repeat(4),
      /has no key id, and is in hexadecimal/,
    ],
    [
      'a bare key in standard base64',
      `${'+/'.repeat(21)}A=`,
      /has no key id, and is in standard base64/,
    ],
    ['an equals sign for the colon', `a=${KEY}`, /has no key id before a ":", but a "="/],
    ['its own name in the singular', `SESSION_ENCRYPTION_KEY=a:${KEY}`, /repeats the variable/],
    ['its own name as in YAML', `SESSION_ENCRYPTION_KEYS: a:${KEY}`, /repeats the variable/],
    ['a placeholder', '{{ .Values.keys }}', /is a placeholder that nothing has filled in/],
    [
      'the name of a secret in AWS',
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys',
      /is the address of something/,
    ],
    [
      'the name of a secret in Google Cloud',
      'projects/p1/secrets/keys/versions/1',
      /is the address of something/,
    ],
    ['a URL', 'redis://app:canary-password@localhost', /is the address of something/],
    ['a PEM file', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B', /is a PEM file/],
    [
      'base64 once more',
      Buffer.from(`2026-11:${KEY}`).toString('base64'),
      /as Kubernetes shows its secrets; decode it once/,
    ],
    [
      'what AWS Secrets Manager keeps',
      `{"SESSION_ENCRYPTION_KEYS":"a:${KEY}"}`,
      /use the value of its member "SESSION_ENCRYPTION_KEYS"/,
    ],
    ['an object of ids and keys', `{"a":"${KEY}"}`, /is a JSON object of names and texts/],
    [
      'JSON that was encoded twice',
      `{\\"keys\\":[{\\"k\\":\\"${KEY}\\"}]}`,
      /has backslashes before its quotes/,
    ],
    ['a long secret for an id', 'canary-0123456789-secret:a', /key 1 is not canonical/],
    ['one JWK', `{"kty":"oct","kid":"a","alg":"A256GCM","k":"${KEY}"}`, /is a single JWK/],
  ];
  it.each(cases)('%s', (_, text, message) => {
    const error = refusal(() => Keyring.parse(text));
    expect(error.code).toBe('ERR_KEYRING_INVALID');
    expect(error.message).toMatch(message);
    for (const secret of text.match(/[\w+/-]{12,}/g) ?? []) {
      if (secret !== 'SESSION_ENCRYPTION_KEYS') expect(error.stack).not.toContain(secret);
    }
    expect(error.cause).toBeUndefined();
  });
});

describe('a JWK Set is refused, naming the key and what to change, when it has', () => {
  const good = { kty: 'oct', kid: 'a', alg: 'A256GCM', k: KEY };
  const second = { kty: 'oct', kid: 'b', alg: 'A256GCM', k: OTHER };
  const cases: [name: string, jwks: unknown, message: RegExp][] = [
    ['no object', null, /is not a JWK Set/],
    ['no keys member', {}, /has no array "keys"/],
    ['keys that are not an array', { keys: { 0: good } }, /has no array "keys"/],
    ['no keys', { keys: [] }, /holds no key/],
    ['a key that is not an object', { keys: ['x'] }, /key 1 is not a JWK/],
    ['an empty place', { keys: [good, null] }, /key 2 is not a JWK/],
    ['no kid', { keys: [{ ...good, kid: undefined }] }, /key 1 has no "kid"/],
    ['a kid that is a number', { keys: [{ ...good, kid: 7 }] }, /key 1 has a "kid" that is not/],
    ['a kid with other characters', { keys: [{ ...good, kid: 'a b' }] }, /key 1 has a "kid"/],
    ['an RSA key', { keys: [good, { kty: 'RSA', kid: 'b' }] }, /key 2 \("b"\) is not a symmetric/],
    ['no alg', { keys: [{ ...good, alg: undefined }] }, /key 1 \("a"\) must say its "alg"/],
    ['a key for A128GCM', { keys: [{ ...good, alg: 'A128GCM' }] }, /key 1 .* must say its "alg"/],
    ['an alg of dir', { keys: [{ ...good, alg: 'dir' }] }, /must say its "alg"/],
    ['a signing key', { keys: [{ ...good, use: 'sig' }] }, /"use" must be "enc"/],
    ['a key_ops that is not an array', { keys: [{ ...good, key_ops: 'x' }] }, /"key_ops"/],
    [
      'a first key that may not encrypt',
      { keys: [{ ...good, key_ops: ['decrypt'] }] },
      /key 1 \("a"\) must allow encrypt and decrypt/,
    ],
    [
      'a second key that may not decrypt',
      { keys: [good, { ...second, key_ops: ['encrypt'] }] },
      /key 2 \("b"\) must allow decrypt/,
    ],
    [
      'no k',
      { keys: [{ ...good, k: undefined }] },
      /key 1 \("a"\) has a "k" that is not base64url/,
    ],
    ['a k with padding', { keys: [{ ...good, k: `${KEY}=` }] }, /"k" that is not base64url/],
    ['a k of 31 bytes', { keys: [{ ...good, k: base64url(31) }] }, /is 31 bytes long.* has 32/],
    [
      '32 bytes for A256CBC-HS512',
      { keys: [{ ...good, alg: 'A256CBC-HS512' }] },
      /is 32 bytes long; a key for A256CBC-HS512 has 64/,
    ],
    ['64 bytes for A256GCM', { keys: [{ ...good, k: LONG }] }, /is 64 bytes long.* has 32/],
    ['one kid twice', { keys: [good, { ...second, kid: 'a' }] }, /key 2 \("a"\) has the key id/],
    ['one key twice', { keys: [good, { ...good, kid: 'b' }] }, /key 2 \("b"\) is the same key as/],
  ];
  it.each(cases)('%s', (_, jwks, message) => {
    const make = Keyring.fromJwks as (jwks: unknown) => Keyring;
    const error = refusal(() => make.call(Keyring, jwks));
    expect(error.message).toMatch(message);
    for (const secret of [KEY, OTHER, LONG]) expect(error.stack).not.toContain(secret);
  });
});
