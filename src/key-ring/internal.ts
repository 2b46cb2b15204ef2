// What the sealed token and the command line need of the key ring, and nobody else.

export { isContentEncryption } from './content-encryption.js';
export { keysOf } from './key-access.js';
export { isKid } from './key-entry.js';
export { isSetInEnvFile } from './key-environment.js';
export { looksLikeKeys } from './key-mistakes.js';
export { keyringOption } from './keyring-option.js';
export type { SealingKey } from './sealing-key.js';
