// What the sealed token needs of the key ring, and nobody else.

export { isContentEncryption } from './content-encryption.js';
export { findKey, primaryKey, ringKeys } from './key-access.js';
export { isKid } from './key-entry.js';
export type { SealingKey } from './sealing-key.js';
