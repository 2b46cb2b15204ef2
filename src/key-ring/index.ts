// The key ring's front door. The keys themselves are behind `internal.ts`, for the sealed token.

export type { ContentEncryption } from './content-encryption.js';
export { type GeneratedKey, generateKey } from './generate-key.js';
export type { KeyringEnvironment } from './key-environment.js';
export type { KeyLoader } from './key-source.js';
export { Keyring } from './keyring.js';
export type { JsonWebKeySet, OctetJsonWebKey } from './read-jwks.js';
