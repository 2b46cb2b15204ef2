// How the sessions of one storage are sealed.
import type { Keyring } from '../key-ring/index.js';

/** Every mode, as it is spelled in options and in the environment. */
export const sessionEncryptionModes = ['strict', 'migrate', 'rollback'] as const;

/**
 * What to do with plaintext. `strict`: a plaintext token in the store is an error. `migrate`: it is
 * read, and sealed when the session is stored next. `rollback`: sealed and plaintext tokens are
 * read, plaintext is written: the way out.
 */
export type SessionEncryptionMode = (typeof sessionEncryptionModes)[number];

/** How the sessions of one storage are sealed. */
export interface SessionSealing {
  readonly keyring: Keyring;
  readonly mode: SessionEncryptionMode;
  /** Whether the staff member's first name, last name and email are sealed as well. */
  readonly userInfo: boolean;
  /** Whether the storage has a place for refresh tokens even where a session has none. Default: true. */
  readonly hasRefreshTokenColumn?: boolean;
}
