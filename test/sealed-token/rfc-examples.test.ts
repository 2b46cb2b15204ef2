// The published examples for the two algorithms. Their headers are not those of format 1, so they
// run against the ciphers below it, and against `openToken` to be refused.

import crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../src/key-ring/index.js';
import { SealingKey } from '../../src/key-ring/sealing-key.js';
import type { SealedTokenParts } from '../../src/sealed-token/format.js';
import { joseCodec } from '../../src/sealed-token/jose-codec.js';
import { createCbcHmac } from '../../src/sealed-token/node-cbc-hmac.js';
import { createGcm } from '../../src/sealed-token/node-gcm.js';
import { CODECS, outcome } from './codecs.js';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const decode = (text: string) => Buffer.from(text, 'base64url');

describe('RFC 7516 appendix A.1 (A256GCM)', () => {
  const key = new SealingKey(
    'a',
    'A256GCM',
    Uint8Array.from([
      177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110, 91,
      112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252,
    ]),
  );
  const aad = Buffer.from('eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ');
  const iv = decode('48V1_ALb6US04U3b');
  const ciphertext = decode(
    '5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A',
  );
  const tag = decode('XFBoMYUZodetZdvTiFvSkQ');
  const plaintext = 'The true sign of intelligence is not knowledge but imagination.';
  const gcm = createGcm(crypto);

  it('is what sealing makes', () => {
    const sealed = gcm.seal(key, iv, plaintext, aad);
    expect(Buffer.from(sealed.ciphertext)).toEqual(ciphertext);
    expect(Buffer.from(sealed.tag)).toEqual(tag);
  });

  it('opens', () => {
    expect(gcm.open(key, iv, { ciphertext, tag }, aad)?.toString()).toBe(plaintext);
  });
});

describe('RFC 7518 appendix B.3 (A256CBC-HS512)', () => {
  const key = new SealingKey(
    'a',
    'A256CBC-HS512',
    Uint8Array.from({ length: 64 }, (_, i) => i),
  );
  const iv = hex('1af38c2dc2b96ffdd86694092341bc04');
  const aad = Buffer.from('The second principle of Auguste Kerckhoffs');
  const plaintext =
    'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience';
  const ciphertext = hex(`
    4a ff aa ad b7 8c 31 c5 da 4b 1b 59 0d 10 ff bd 3d d8 d5 d3 02 42 35 26 91 2d a0 37 ec bc c7 bd
    82 2c 30 1d d6 7c 37 3b cc b5 84 ad 3e 92 79 c2 e6 d1 2a 13 74 b7 7f 07 75 53 df 82 94 10 44 6b
    36 eb d9 70 66 29 6a e6 42 7e a7 5c 2e 08 46 a1 1a 09 cc f5 37 0d c8 0b fe cb ad 28 c7 3f 09 b3
    a3 b7 5e 66 2a 25 94 41 0a e4 96 b2 e2 e6 60 9e 31 e6 e0 2c c8 37 f0 53 d2 1f 37 ff 4f 51 95 0b
    be 26 38 d0 9d d7 a4 93 09 30 80 6d 07 03 b1 f6`);
  const tag = hex('4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5');
  const cbc = createCbcHmac(crypto);

  it('is what sealing makes', () => {
    const sealed = cbc.seal(key, iv, plaintext, aad);
    expect(Buffer.from(sealed.ciphertext)).toEqual(ciphertext);
    expect(Buffer.from(sealed.tag)).toEqual(tag);
  });

  it('opens', () => {
    expect(cbc.open(key, iv, { ciphertext, tag }, aad)?.toString()).toBe(plaintext);
  });
});

const directWithA128Gcm =
  'eyJhbGciOiJkaXIiLCJraWQiOiI3N2M3ZTJiOC02ZTEzLTQ1Y2YtODY3Mi02MTdiNWI0NTI0M2EiLCJlbmMiOiJBMTI4R0NNIn0..refa467QzzKx6QAB.JW_i_f52hww_ELQPGaYyeAB6HYGcR559l9TYnSovc23XJoBcW29rHP8yZOZG7YhLpT1bjFuvZPjQS-m0IFtVcXkZXdH_lr_FrdYt9HRUYkshtrMmIUAyGmUnd9zMDB2n0cRDIHAzFVeJUDxkUwVAE7_YGRPdcqMyiBoCO-FBdE-Nceb4h3-FtBP-c_BIwCPTjb9o0SbdcdREEMJMyZBH8ySWMVi1gPD9yxi-aQpGbSv_F9N4IZAxscj5g-NJsUPbjk29-s7LJAGb15wEBtXphVCgyy53CoIKLHHeJHXex45Uz9aKZSRSInZI-wjsY0yu3cT4_aQ3i1o-tiE-F8Ios61EKgyIQ4CWao8PFMj8TTnp.vbb32Xvllea2OtmHAdccRQ';

describe('RFC 7520 section 5.6 (dir with A128GCM)', () => {
  const k = 'XctOhJAkA-pD9Lh7ZgW_2A';

  it('opens below format 1, which has no such algorithm', async () => {
    const key = { withJoseKey: (use: (key: Uint8Array) => unknown) => use(decode(k)) };
    const header = { enc: 'A128GCM', kid: '77c7e2b8-6e13-45cf-8672-617b5b45243a', ctx: '' };
    // Neither a key nor a header that the key ring or the format would let through.
    const parts = { compact: directWithA128Gcm, header } as unknown as SealedTokenParts;
    expect(await joseCodec.open(key as unknown as SealingKey, parts)).toBe(
      'You can trust us to stick with you through thick and thin\u2013to the bitter end. And you ' +
        'can trust us to keep any secret of yours\u2013closer than you keep it yourself. But you ' +
        'cannot trust us to let you face trouble alone, and go off without a word. We are your ' +
        'friends, Frodo.',
    );
  });
});

describe('JWEs of the RFCs that are not of format 1 are unreadable', () => {
  const context = { sessionId: 'id', shop: 'shop', field: 'accessToken' };
  const keyring = Keyring.generate('77c7e2b8');
  const examples: [string, string][] = [
    ['RFC 7520 section 5.6: dir with A128GCM', directWithA128Gcm],
    [
      'RFC 7516 appendix A.1: RSA-OAEP',
      'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ',
    ],
  ];
  it.each(examples)('%s', async (_, sealed) => {
    for (const [, codec] of CODECS) {
      expect(await outcome(codec, keyring, sealed, context)).toEqual({
        code: 'ERR_TOKEN_UNREADABLE',
      });
    }
  });
});
