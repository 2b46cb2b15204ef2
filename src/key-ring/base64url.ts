// Canonical unpadded base64url (RFC 4648 section 5, RFC 7515 section 2): one text for each sequence
// of bytes. `atob` and Buffer accept much more, and for texts as short as tokens a loop in
// JavaScript is faster than the way into the runtime and back.

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const INVALID = 0xff;
const VALUES = new Uint8Array(256).fill(INVALID);
CODES.forEach((code, value) => {
  VALUES[code] = value;
});

/**
 * Whether `text` from `start` to `end` is what an encoder writes: no padding, no other alphabet, no
 * stray bits at the end.
 */
export function isCanonicalBase64url(text: string, start = 0, end = text.length): boolean {
  let seen = 0;
  let last = 0;
  for (let i = start; i < end; i++) {
    last = VALUES[text.charCodeAt(i)] ?? INVALID;
    seen |= last;
  }
  if (seen > 63) return false;
  const rest = (end - start) % 4;
  return rest === 0 || (rest === 2 && (last & 15) === 0) || (rest === 3 && (last & 3) === 0);
}

/** How many bytes so many characters stand for. */
export function decodedLength(characters: number): number {
  return Math.floor((characters * 3) / 4);
}

/** Decodes what `isCanonicalBase64url` has approved into the start of `bytes`. */
export function decodeBase64urlInto(
  bytes: Uint8Array,
  text: string,
  start: number,
  end: number,
): void {
  const value = (i: number) => VALUES[text.charCodeAt(i)] ?? INVALID;
  let at = 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const bits = (value(i) << 18) | (value(i + 1) << 12) | (value(i + 2) << 6) | value(i + 3);
    bytes[at++] = bits >> 16;
    bytes[at++] = bits >> 8;
    bytes[at++] = bits;
  }
  if (end - i < 2) return;
  bytes[at++] = (value(i) << 2) | (value(i + 1) >> 4);
  if (end - i === 3) bytes[at] = (value(i + 1) << 4) | (value(i + 2) >> 2);
}

/** The bytes of canonical base64url, or `undefined` when `text` is not that. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isCanonicalBase64url(text)) return undefined;
  const bytes = new Uint8Array(decodedLength(text.length));
  decodeBase64urlInto(bytes, text, 0, text.length);
  return bytes;
}

/** Writes the base64url of `bytes` into `out` as ASCII, from `offset`. Answers where it ended. */
export function encodeBase64urlInto(out: Uint8Array, offset: number, bytes: Uint8Array): number {
  const byte = (i: number) => bytes[i] ?? 0;
  const code = (value: number) => CODES[value & 63] ?? 0;
  const { length } = bytes;
  let at = offset;
  let i = 0;
  for (; i + 3 <= length; i += 3) {
    const bits = (byte(i) << 16) | (byte(i + 1) << 8) | byte(i + 2);
    out[at++] = code(bits >> 18);
    out[at++] = code(bits >> 12);
    out[at++] = code(bits >> 6);
    out[at++] = code(bits);
  }
  if (i === length) return at;
  out[at++] = code(byte(i) >> 2);
  out[at++] = code((byte(i) << 4) | (byte(i + 1) >> 4));
  if (length - i === 2) out[at++] = code(byte(i + 1) << 2);
  return at;
}

/** The base64url of `bytes`. */
export function encodeBase64url(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  encodeBase64urlInto(out, 0, bytes);
  return String.fromCharCode(...out);
}
