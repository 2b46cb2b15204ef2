// Copies sessions between stores, without opening them.

export type { CopyOptions } from './copy-options.js';
export type { CopyFinding, CopyReport, CopyVerification } from './copy-report.js';
export { copySessions } from './copy-sessions.js';
