// What the test and the instances that it starts say to each other.
import type { SessionEncryptionMode } from '../../src/index.js';

/** How an instance is deployed. */
export interface Deployment {
  /** The key ring, as in `SESSION_ENCRYPTION_KEYS`. */
  readonly keys: string;
  /** Undefined: without this package's wrapper. */
  readonly mode: SessionEncryptionMode | undefined;
}

export interface InstanceOptions extends Deployment {
  readonly url: string;
}

/** What an instance opened; undefined where there is nothing. */
export interface Tokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
}

export interface TestSession {
  readonly id: string;
  readonly shop: string;
  readonly state: string;
  readonly isOnline: boolean;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export type InstanceRequest = { readonly store: TestSession } | { readonly load: string };

export type InstanceAnswer =
  | { readonly stored: boolean }
  | { readonly loaded: Tokens }
  | { readonly error: string };
