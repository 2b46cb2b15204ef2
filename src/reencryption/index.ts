// Re-encryption: rotates the keys of a store while the app serves.
export { reencryptSessions } from './reencrypt-sessions.js';
export type { ReencryptionOptions } from './reencryption-options.js';
export type { ReencryptionReport, UnreadableSession } from './reencryption-report.js';
