// What copying and the command line share with re-encryption, and nothing else does.
export { assertSession, inBatches } from './batches.js';
export { Findings } from './findings.js';
export { nextStepAfter } from './next-step.js';
export { isAboutOneSession } from './one-session-errors.js';
export { assertAtomic, assertCatalog, type RunOptions, runChecks } from './run-options.js';
export { severalAtOnce } from './several-at-once.js';
export { TooShortColumns } from './too-short-columns.js';
