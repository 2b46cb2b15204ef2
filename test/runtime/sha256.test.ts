import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { portableSha256 } from '../../src/runtime/sha256.js';

describe('SHA-256 for runtimes without node:crypto', () => {
  it('gives the digests of FIPS 180-2, appendix B', () => {
    const digest = (text: string) => Buffer.from(portableSha256(Buffer.from(text))).toString('hex');
    expect(digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digest('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });

  it('gives what node:crypto gives, at every length around its blocks', () => {
    for (let length = 0; length < 260; length++) {
      const message = randomBytes(length);
      expect(Buffer.from(portableSha256(message))).toEqual(
        createHash('sha256').update(message).digest(),
      );
    }
  });
});
