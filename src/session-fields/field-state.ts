// How one field of a stored session stands.
import type { SessionEncryptionError } from '../errors.js';

/** A field that a key of the key ring opens. */
export interface SealedState {
  readonly state: 'sealed';
  readonly kid: string;
}

/** A field that is stored as plaintext, or that another encryption sealed. */
export interface PlaintextState {
  readonly state: 'plaintext';
  /** Whether it has a prefix of Shopify's tokens. True of user info, which has none. */
  readonly looksLikeToken: boolean;
  /** Whether `openLegacy` opened it. */
  readonly isLegacy: boolean;
}

/** A field that cannot be opened, or sealed, or that mode `strict` refuses. */
export interface UnreadableState {
  readonly state: 'unreadable';
  /** Its `kid` is the key that the field names, where it names one. */
  readonly error: SessionEncryptionError;
}

/** How one field of a stored session stands. */
export type FieldState = SealedState | PlaintextState | UnreadableState;
