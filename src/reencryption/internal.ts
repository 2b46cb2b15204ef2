// What copying shares with re-encryption, and nobody else.
export { isAboutOneSession } from './one-session-errors.js';
export { pauseBeforeAttempt } from './pause.js';
export {
  assertCallback,
  assertCatalog,
  assertKnownOptions,
  flagOf,
  type RunOptions,
  type RunSettings,
  runSettings,
} from './run-options.js';
export { visitSessions } from './visit-sessions.js';
