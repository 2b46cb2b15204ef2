// The protected header of a sealed token: as this package writes it, and as it reads anyone's.

import type { ContentEncryption } from '../key-ring/index.js';
import { isContentEncryption, isKid, type SealingKey } from '../key-ring/internal.js';
import { decodeLatin1, encodeLatin1, isCanonicalBase64url } from '../runtime/base64url.js';

/** The protected header. `alg` is `dir`. */
export interface SealedTokenHeader {
  readonly enc: ContentEncryption;
  readonly kid: string;
  /** Absent in a JWE that is well-formed but bound to no context. */
  readonly ctx: string | undefined;
}

/** What the header of every token that this package seals starts with, encoded: `{"alg":"dir"`. */
export const HEADER_START = encodeLatin1('{"alg":"dir"');

/** The encoded header of a token that `key` seals for the context that `ctx` names. */
export function writeHeader({ enc, kid }: SealingKey, ctx: string): string {
  return encodeLatin1(`{"alg":"dir","enc":"${enc}","kid":"${kid}","ctx":"${ctx}"}`);
}

/** A header, and how it is written. */
export interface WrittenHeader {
  readonly encoded: string;
  readonly header: SealedTokenHeader;
}

/** The header of a token that `key` seals for the context that `ctx` names. */
export function headerFor(key: SealingKey, ctx: string): WrittenHeader {
  return { encoded: writeHeader(key, ctx), header: { enc: key.enc, kid: key.kid, ctx } };
}

// As this package writes it. Other JOSE implementations choose their own order and white space, which
// takes longer to read. No member needs an escape, so none is read.
const AS_WRITTEN = /^\{"alg":"dir","enc":"([\w-]+)","kid":"([\w.-]+)","ctx":"([\w.-]*)"\}$/;
const OBJECT = /^[ \t\r\n]*\{([^{}]*)\}[ \t\r\n]*$/;
const MEMBER = /^[ \t\r\n]*"(alg|enc|kid|ctx)"[ \t\r\n]*:[ \t\r\n]*"([\w.-]*)"[ \t\r\n]*$/;

/** Reads an encoded header; `undefined` when it is not one of format 1. */
export function parseHeader(encoded: string): SealedTokenHeader | undefined {
  if (!isCanonicalBase64url(encoded)) return undefined;
  // Latin-1 is enough: a byte above 0x7f matches nothing below.
  const text = decodeLatin1(encoded);
  const { 1: enc, 2: kid, 3: ctx } = AS_WRITTEN.exec(text) ?? membersOf(text);
  return isContentEncryption(enc) && isKid(kid) ? { enc, kid, ctx } : undefined;
}

/** Nothing, `enc`, `kid` and `ctx` of a header in whatever order; nothing at all if it is invalid. */
function membersOf(header: string): (string | undefined)[] {
  const members = new Map<string, string>();
  for (const text of OBJECT.exec(header)?.[1]?.split(',') ?? []) {
    const [, name, value] = MEMBER.exec(text) ?? [];
    if (name === undefined || value === undefined || members.has(name)) return [];
    members.set(name, value);
  }
  if (members.get('alg') !== 'dir') return [];
  return [undefined, members.get('enc'), members.get('kid'), members.get('ctx')];
}

/**
 * Whether an encoded JOSE header is another party's: whole, and without a `ctx`. A damaged one is not,
 * nor is one of ours that was rewritten.
 */
export function isForeignHeader(encoded: string): boolean {
  try {
    const header: unknown = JSON.parse(decodeLatin1(encoded));
    return typeof header === 'object' && header !== null && !('ctx' in header);
  } catch {
    return false;
  }
}
