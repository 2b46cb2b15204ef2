// What the sealed token needs of the key ring, and nobody else.

export { isContentEncryption } from './content-encryption.js';
export { keysOf } from './key-access.js';
export { isKid } from './key-entry.js';
export type { SealingKey } from './sealing-key.js';
