// Seals and opens the fields of one session. Pure: a session in, another session out, no storage.
export { idOf, type SessionField, type TokenField, type UserInfoField } from './fields.js';
export { type FieldFound, type OpenedSession, openSession } from './open-session.js';
export { type FieldState, type ResealedSession, resealSession } from './reseal-session.js';
export { type FieldSealed, type SealedSession, sealSession } from './seal-session.js';
export {
  type SessionEncryptionMode,
  type SessionSealing,
  sessionEncryptionModes,
} from './session-sealing.js';
