// The front door of the session storage over Keyv.

export type { InstalledSession, SessionClass } from './installed-session.js';
export { isKeyv, type KeyvLike } from './keyv-like.js';
export { KeyvSessionStorage } from './keyv-session-storage.js';
export {
  type KeyvSessionStorageOptions,
  type ResolvedOptions,
  recordOptionChecks,
} from './options.js';
export { defaultPrefix } from './record-keys.js';
export { type RecordBackend, RecordSessionStorage } from './record-session-storage.js';
export { anySessionRecordStart } from './session-record.js';
