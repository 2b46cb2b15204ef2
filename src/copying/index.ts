// Copies sessions between stores, without opening them.

export type { CopyOptions } from './copy-options.js';
export type { CopyReport, CopyVerification, RefusedSession } from './copy-report.js';
export { copySessions } from './copy-sessions.js';
