// The record that lists a shop's sessions, as JSON text.

import type { Swap } from '../atomic-store/index.js';
import { RecordUnreadableError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';
import { parseJson } from '../parse-json.js';
import { isOfAnotherShop, versionOf } from './session-record.js';

/** A shop's sessions: id to the time it expires, in milliseconds since the epoch, or null. */
export type IndexEntries = Map<string, number | null>;

/** The index of one shop, as it was read. */
export interface IndexSnapshot {
  readonly text: string | undefined;
  readonly entries: IndexEntries;
}

/** Replaces the index that was read; one without sessions is removed. */
export function indexSwap(
  key: string,
  shop: string,
  seen: string | undefined,
  entries: IndexEntries,
): Swap {
  if (seen === undefined) return { key, expected: undefined, next: encodeIndex(shop, entries) };
  const next = entries.size === 0 ? undefined : encodeIndex(shop, entries);
  return { key, expected: versionOf(seen), next };
}

/**
 * Reads the index of a shop.
 *
 * @throws RecordUnreadableError if the text is not one of this version.
 */
export function decodeIndex(shop: string, text: string | undefined): IndexSnapshot {
  if (text === undefined) return { text, entries: new Map() };
  const index = parseJson(text);
  if (isIndex(index) && index.shop === shop) return { text, entries: new Map(index.sessions) };
  throw new RecordUnreadableError(
    `The index of shop ${shop} in the store is not one that this version wrote. It was left as it is.`,
  );
}

/** Whether nothing stands at a session's key, or a session of another shop. */
export function isGone(text: string | undefined, shop: string): boolean {
  return text === undefined || isOfAnotherShop(text, shop);
}

function encodeIndex(shop: string, entries: IndexEntries): string {
  const nonce = crypto.randomUUID();
  return JSON.stringify({ v: 1, type: 'shop', shop, nonce, sessions: [...entries] });
}

function isIndex(value: unknown): value is { shop: unknown; sessions: [string, number | null][] } {
  if (!hasMembers(value)) return false;
  const { v, type, sessions } = value;
  return v === 1 && type === 'shop' && Array.isArray(sessions) && sessions.every(isEntry);
}

function isEntry(value: unknown): value is [string, number | null] {
  if (!Array.isArray(value)) return false;
  const [id, expiresAt] = value;
  return typeof id === 'string' && (expiresAt === null || typeof expiresAt === 'number');
}
