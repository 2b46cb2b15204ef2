// The decorator that seals what goes into a session storage and opens what comes out.
export type { SessionOf } from './inner-storage.js';
export type { FieldEvent, FieldUnreadableEvent, SessionEncryptionObserver } from './observer.js';
export type { EncryptedSessionStorageOptions, UnreadablePolicy } from './options.js';
export { SessionStorageDecorator } from './session-storage-decorator.js';
