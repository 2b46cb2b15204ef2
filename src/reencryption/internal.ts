// What copying shares with re-encryption, and nobody else.
export { isAboutOneSession } from './one-session-errors.js';
export { pauseBeforeAttempt } from './pause.js';
export { assertAtomic, assertCatalog, assertConcurrency } from './reencryption-options.js';
export { visitSessions } from './visit-sessions.js';
