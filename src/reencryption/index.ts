// Re-encryption: rotates the keys of a store while the app serves.
export { reencryptSessions } from './reencrypt-sessions.js';
export type { ReencryptionOptions } from './reencryption-options.js';
export type {
  KeyState,
  KeyUsage,
  ReencryptionCounts,
  ReencryptionReport,
  SessionFinding,
  StoredCounts,
  Unseen,
} from './reencryption-report.js';
export type { Shard } from './shard.js';
export type { TooShortColumn } from './too-short-columns.js';
