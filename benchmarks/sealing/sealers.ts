// Everything that seals and opens a token here, each used as its documentation says.
import { randomBytes } from 'node:crypto';
import { decryptStringSync, encryptStringSync, generateKey, parseKeySync } from '@47ng/cloak';
import Iron from '@hapi/iron';
import fernet from 'fernet';
import * as ironWebcrypto from 'iron-webcrypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { generateKey as generateRingKey, Keyring } from '../../src/key-ring/index.js';
import { openToken, sealToken } from '../../src/sealed-token/index.js';
import { joseCodec } from '../../src/sealed-token/jose-codec.js';
import { openWith } from '../../src/sealed-token/open-token.js';
import { sealWith } from '../../src/sealed-token/seal-token.js';
import { bareOpen, bareSeal, bareSealPooled } from './bare-cipher.js';
import type { Sample } from './samples.js';

/** One that seals a token and opens it again, at once or later. */
export type Sealer =
  | {
      readonly name: string;
      seal(sample: Sample): string;
      open(sealed: string, sample: Sample): string;
    }
  | {
      readonly name: string;
      readonly later: true;
      seal(sample: Sample): Promise<string>;
      open(sealed: string, sample: Sample): Promise<string>;
    };

export const BARE = 'node:crypto, bare cipher';
export const BARE_POOLED = 'node:crypto, bare cipher, pooled IVs';
export const OURS = 'ours (node:crypto)';
export const OURS_CBC = 'ours (node:crypto), A256CBC-HS512';
export const OURS_JOSE = 'ours (jose)';
export const JOSE = 'jose, used directly';
export const CLOAK = '@47ng/cloak';

export async function sealers(): Promise<Sealer[]> {
  const ring = Keyring.parse(generateRingKey({ kid: '2026-11' }).text);
  const cbcRing = Keyring.parse(generateRingKey({ kid: '2026-11', enc: 'A256CBC-HS512' }).text);
  const joseKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const cloakKey = parseKeySync(generateKey());
  const password = randomBytes(32).toString('base64url');
  const secret = new fernet.Secret(randomBytes(32).toString('base64url'));
  return [
    { name: BARE, seal: ({ token }) => bareSeal(token), open: bareOpen },
    { name: BARE_POOLED, seal: ({ token }) => bareSealPooled(token), open: bareOpen },
    ours(OURS, ring),
    ours(OURS_CBC, cbcRing),
    {
      name: OURS_JOSE,
      later: true,
      seal: async ({ token, place }) => (await sealWith(joseCodec, ring, token, place)).sealedToken,
      open: async (sealed, { place }) => (await openWith(joseCodec, ring, sealed, place)).token,
    },
    {
      name: JOSE,
      later: true,
      seal: ({ token }) =>
        new CompactEncrypt(encoder.encode(token))
          .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: '2026-11' })
          .encrypt(joseKey),
      open: async (sealed) => decoder.decode((await compactDecrypt(sealed, joseKey)).plaintext),
    },
    {
      name: CLOAK,
      seal: ({ token }) => encryptStringSync(token, cloakKey),
      open: (sealed) => decryptStringSync(sealed, cloakKey),
    },
    {
      name: '@hapi/iron',
      later: true,
      seal: ({ token }) => Iron.seal(token, password, Iron.defaults),
      open: async (sealed) => String(await Iron.unseal(sealed, password, Iron.defaults)),
    },
    {
      name: 'iron-webcrypto',
      later: true,
      seal: ({ token }) => ironWebcrypto.seal(token, password, ironWebcrypto.defaults),
      open: async (sealed) =>
        String(await ironWebcrypto.unseal(sealed, password, ironWebcrypto.defaults)),
    },
    {
      name: 'fernet',
      seal: ({ token }) => new fernet.Token({ secret, ttl: 0 }).encode(token),
      open: (sealed) => new fernet.Token({ secret, token: sealed, ttl: 0 }).decode(),
    },
  ];
}

function ours(name: string, ring: Keyring): Sealer {
  return {
    name,
    later: true,
    seal: async ({ token, place }) => (await sealToken(ring, token, place)).sealedToken,
    open: async (sealed, { place }) => (await openToken(ring, sealed, place)).token,
  };
}
