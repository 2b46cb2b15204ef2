// The front door of the one place where stores are reached.
export { allAnswers, answersInTurn } from './all-answers.js';
export { dueTime, longestTurn, remainingTime } from './deadlines.js';
export { isRefused, isSqliteBusy, NotSentError } from './driver-errors.js';
export { pagesAhead } from './pages-ahead.js';
export { type Send, withinLength } from './statements.js';
export { type CallSubject, StoreAccess, type StoreCall } from './store-access.js';
export type * from './store-observer.js';
