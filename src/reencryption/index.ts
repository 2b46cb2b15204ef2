// Re-encryption: rotates the keys of a store while the app serves.
export type { SessionCatalog } from './session-catalog.js';
