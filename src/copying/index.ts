// Copies sessions between stores, without opening them.
export type { CopyReport, CopyVerification } from './copy-report.js';
export { type CopyOptions, copySessions } from './copy-sessions.js';
