// Seals and opens the fields of one session. Pure: a session in, another session out, no storage.

export { copySession } from './copy-session.js';
export type { FieldState } from './field-state.js';
export { holdsSameFields, idOf } from './fields.js';
export type { LegacyContext, OpenLegacy } from './legacy-field.js';
export { type FieldFound, openSession } from './open-session.js';
export { type ResealedField, type ResealingSettings, resealSession } from './reseal-session.js';
export { type FieldSealed, type SealedSession, sealSession } from './seal-session.js';
export { type SessionEncryptionMode, sessionEncryptionModes } from './sealing-settings.js';
export {
  isLikelyCopy,
  keepWithheld,
  stillWithheld,
  type WithheldFields,
  withheldFields,
} from './withheld-fields.js';
