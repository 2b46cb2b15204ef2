// How the sessions of one storage are sealed.
import type { Keyring } from '../key-ring/index.js';
import type { OpenLegacy } from './legacy-field.js';

/** Every mode, as it is spelled in options and in the environment. */
export const sessionEncryptionModes = ['strict', 'migrate', 'rollback'] as const;

/**
 * What to do with plaintext. `strict`: a plaintext token in the store is an error. `migrate`: it is
 * read, and sealed the next time the session is stored. `rollback`: sealed and plaintext tokens are
 * read, plaintext is written: the way out.
 */
export type SessionEncryptionMode = (typeof sessionEncryptionModes)[number];

/** How the sessions of one storage are sealed. */
export interface SealingSettings {
  readonly keyring: Keyring;
  readonly mode: SessionEncryptionMode;
  /** Whether the fields about the staff member are sealed as well (`isUserInfo`). */
  readonly userInfo: boolean;
  /** Opens what another encryption wrote, in modes `migrate` and `rollback`. */
  readonly openLegacy?: OpenLegacy | undefined;
}
