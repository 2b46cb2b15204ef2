// The public API.

export type { AbortSignalLike } from './abort-signal-like.js';
export * from './copying/index.js';
export type {
  EncryptedSessionStorageOptions,
  FieldEvent,
  FieldUnreadableEvent,
  SessionEncryptionObserver,
  SessionOf,
  UnreadablePolicy,
} from './encrypted-session-storage/index.js';
export {
  EncryptedSessionStorage,
  type InnerStorage,
} from './encrypted-session-storage.js';
export * from './errors.js';
export * from './inspection.js';
export {
  type ContentEncryption,
  type GeneratedKey,
  generateKey,
  type JsonWebKeySet,
  type KeyLoader,
  Keyring,
  type KeyringEnvironment,
  type OctetJsonWebKey,
} from './key-ring/index.js';
export type {
  InstalledSession,
  KeyvLike,
  KeyvSessionStorageOptions,
  RecordSessionStorage,
  SessionClass,
} from './keyv-session-storage/index.js';
export { KeyvSessionStorage } from './keyv-session-storage/index.js';
export * from './reencryption/index.js';
export type { SessionField, TokenField, UserInfoField } from './sealed-fields.js';
export { sealedTokenLength } from './sealed-token/index.js';
export type { SessionLike, SessionStorageLike } from './session.js';
export type { CatalogWarning, Misfit, SessionCatalog, SessionChange } from './session-catalog.js';
export {
  type LegacyContext,
  type OpenLegacy,
  type SessionEncryptionMode,
  sessionEncryptionModes,
} from './session-fields/index.js';
export type * from './store-access/store-observer.js';
