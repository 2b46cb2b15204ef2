// The protected header of a sealed token: as this package writes it, and as it reads anybody's.

import type { ContentEncryption } from '../key-ring/index.js';
import { isContentEncryption, isKid, type SealingKey } from '../key-ring/internal.js';
import { encodeLatin1, isCanonicalBase64url } from '../runtime/base64url.js';

/** The protected header. `alg` is `dir`. */
export interface SealedTokenHeader {
  readonly enc: ContentEncryption;
  readonly kid: string;
  /** Absent in a JWE that is well-formed but bound to no place. */
  readonly ctx: string | undefined;
}

/** A header as this package writes it. */
export interface WrittenHeader extends SealedTokenHeader {
  readonly ctx: string;
  /** The first part of the sealed token. */
  readonly encoded: string;
}

/**
 * The header under one key up to its `ctx`. Base64url turns 3 bytes into 4 characters, so all but
 * the last 0 to 2 bytes are encoded once per key, and only the rest once per token.
 */
interface HeaderStart {
  /** The encoded part. */
  readonly encoded: string;
  /** The bytes after it. */
  readonly rest: string;
}

const starts = new WeakMap<SealingKey, HeaderStart>();

/** The encoded header under `key` up to its `ctx`, or a few bytes less. No two keys of a ring share it. */
export function headerStart(key: SealingKey): HeaderStart {
  const known = starts.get(key);
  if (known !== undefined) return known;
  const text = `{"alg":"dir","enc":"${key.enc}","kid":"${key.kid}","ctx":"`;
  const whole = text.length - (text.length % 3);
  const start = { encoded: encodeLatin1(text.slice(0, whole)), rest: text.slice(whole) };
  starts.set(key, start);
  return start;
}

/** The header of a token that `key` seals for the place that `ctx` names. */
export function writeHeader(key: SealingKey, ctx: string): WrittenHeader {
  const { enc, kid } = key;
  const { encoded, rest } = headerStart(key);
  return { enc, kid, ctx, encoded: encoded + encodeLatin1(`${rest}${ctx}"}`) };
}

// A JSON object whose members are plain strings. The order of members and white space are free:
// other JOSE implementations choose their own. No member needs an escape, so none is read.
const OBJECT = /^[ \t\r\n]*\{([^{}]*)\}[ \t\r\n]*$/;
const MEMBER = /^[ \t\r\n]*"(alg|enc|kid|ctx)"[ \t\r\n]*:[ \t\r\n]*"([\w.-]*)"[ \t\r\n]*$/;

/** Reads an encoded header; `undefined` when it is not one of format 1. */
export function parseHeader(encoded: string): SealedTokenHeader | undefined {
  if (!isCanonicalBase64url(encoded)) return undefined;
  // Latin-1 is enough: a byte above 0x7f matches nothing below.
  const object = OBJECT.exec(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')));
  const members = new Map<string, string>();
  for (const text of object?.[1]?.split(',') ?? []) {
    const [, name, value] = MEMBER.exec(text) ?? [];
    if (name === undefined || value === undefined || members.has(name)) return undefined;
    members.set(name, value);
  }
  const enc = members.get('enc');
  const kid = members.get('kid');
  if (members.get('alg') !== 'dir' || !isContentEncryption(enc) || !isKid(kid)) return undefined;
  return { enc, kid, ctx: members.get('ctx') };
}
