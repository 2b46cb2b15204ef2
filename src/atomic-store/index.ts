// The front door of the stores that can compare and swap.
export type { AtomicStore, Swap } from './atomic-store.js';
export { CalledStore } from './called-store.js';
export { LockedStore } from './locked-store.js';
export { isMadeByAnother, MadeTable } from './made-table.js';
export { MapStore } from './map-store.js';
export { PostgresStore } from './postgres-store.js';
export { RedisStore } from './redis-store.js';
export { SqliteStore } from './sqlite-store.js';
export type { StoreInCall } from './store-in-call.js';
