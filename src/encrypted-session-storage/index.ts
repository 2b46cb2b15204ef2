// The wrapper that seals what goes into a session storage and opens what comes out.

export type { FieldEvent, FieldUnreadableEvent, SessionEncryptionObserver } from './observer.js';
export type { EncryptedSessionStorageOptions, UnreadablePolicy } from './options.js';
export { SessionStorageDecorator } from './session-storage-decorator.js';
export type { SessionOf } from './wrapped-storage.js';
