// The keys that every runtime has in a run, so that each opens what the others seal.
import { randomBytes } from 'node:crypto';

/** What `SESSION_ENCRYPTION_KEYS` would hold. */
export const keys = `k1:${randomBytes(32).toString('base64url')}`;
