// The entry `./open`.
export type { OpenSessionStorageOptions } from './open-options.js';
export { type OpenedSessionStorage, openSessionStorage } from './open-session-storage.js';
