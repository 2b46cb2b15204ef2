// Canonical unpadded base64url (RFC 4648 section 5, RFC 7515 section 2): one text for each sequence
// of bytes. The runtimes' own decoders accept much more, so what is decoded is checked first.

import { nodeBuiltin } from './node-builtins.js';

/** What an encoder may write last, where 2 and where 3 characters are left after groups of 4. */
const LAST_OF_TWO = '[AQgw]';
const LAST_OF_THREE = '[AEIMQUYcgkosw048]';

const ALPHABET = /^[\w-]*$/;
const ENDS_IN_TWO = new RegExp(`${LAST_OF_TWO}$`);
const ENDS_IN_THREE = new RegExp(`${LAST_OF_THREE}$`);

/**
 * Whether `text` is what an encoder writes: no padding, no other alphabet, no stray bits at the end.
 */
export function isCanonicalBase64url(text: string): boolean {
  return ALPHABET.test(text) && endsCanonically(text.slice(-1), text.length);
}

/** Whether base64url of so many characters may end with `last`. */
function endsCanonically(last: string, length: number): boolean {
  const rest = length % 4;
  return (
    rest === 0 || (rest === 2 && ENDS_IN_TWO.test(last)) || (rest === 3 && ENDS_IN_THREE.test(last))
  );
}

/** A regular expression for the canonical base64url of exactly so many bytes. */
export function base64urlOf(bytes: number): string {
  const wholeGroups = 4 * Math.floor(bytes / 3);
  const rest = bytes % 3;
  if (rest === 0) return `[\\w-]{${wholeGroups}}`;
  return rest === 1
    ? `[\\w-]{${wholeGroups + 1}}${LAST_OF_TWO}`
    : `[\\w-]{${wholeGroups + 2}}${LAST_OF_THREE}`;
}

/** How many bytes so many characters stand for. */
export function decodedLength(characters: number): number {
  return Math.floor((characters * 3) / 4);
}

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Memory that `fill(0)` empties for certain. V8 keeps small arrays inside the object, and leaves that copy
 * behind when it moves them out for a native function.
 */
export function zeroableBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/**
 * The bytes of canonical base64url, or `undefined` when `text` is not that. They are nowhere but in what is
 * returned, so that a caller can zero a key: `atob` and `Buffer` make a string, or use shared memory.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isCanonicalBase64url(text)) return undefined;
  const bytes = zeroableBytes(decodedLength(text.length));
  let [bits, pending, position] = [0, 0, 0];
  for (const character of text) {
    bits = ((bits << 6) | CHARACTERS.indexOf(character)) & 0xfff;
    pending += 6;
    if (pending < 8) continue;
    pending -= 8;
    bytes[position++] = bits >> pending;
  }
  return bytes;
}

const buffer = nodeBuiltin('node:buffer')?.Buffer;

/** The base64url of a text's Latin-1 bytes. */
export const encodeLatin1: (text: string) => string =
  buffer === undefined
    ? (text) => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
    : (text) => buffer.from(text, 'latin1').toString('base64url');

/** The text whose Latin-1 bytes `text` is the base64url of, if it is base64url. */
export function decodeLatin1(text: string): string {
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
}

/** The base64url of `bytes`. */
export function encodeBase64url(bytes: Uint8Array): string {
  return encodeLatin1(String.fromCharCode(...bytes));
}
