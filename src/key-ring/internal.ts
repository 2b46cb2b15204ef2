// What the sealed token needs of the key ring, and nobody else.

export {
  base64urlOf,
  decodedLength,
  encodeBase64url,
  encodeLatin1,
  endsCanonically,
  isCanonicalBase64url,
} from './base64url.js';
export { isContentEncryption } from './content-encryption.js';
export { findKey, primaryKey, ringKeys } from './key-access.js';
export { isKid } from './key-entry.js';
export { nodeBuiltin } from './node-builtins.js';
export type { SealingKey } from './sealing-key.js';
export { sha256 } from './sha256.js';
