// The algorithms that seal tokens, and how long their keys are.

/** The content encryption algorithms of RFC 7518 section 5 that seal tokens. */
export type ContentEncryption = 'A256GCM' | 'A256CBC-HS512';

/** The key length of each algorithm, in bytes (RFC 7518 sections 5.2.5 and 5.3). */
export const KEY_BYTES: Readonly<Record<ContentEncryption, number>> = {
  A256GCM: 32,
  'A256CBC-HS512': 64,
};

export function isContentEncryption(value: unknown): value is ContentEncryption {
  return value === 'A256GCM' || value === 'A256CBC-HS512';
}
