// What the conformance suite needs of a session storage: a place of its own to keep sessions, any
// number of connections to it, also from other processes, and a look at what is really stored.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import type { SharedServer } from '../servers/shared.js';

/** Where sessions are kept, such as one database or one key prefix. Survives JSON. */
export type Place = Readonly<Record<string, string>>;

/** One open connection to a place. */
export interface Connection {
  readonly storage: SessionStorage;
  /** Everything that is stored now, as the database's own client sees it. */
  raw(): Promise<string>;
  /** Every byte at rest, also what is deleted but not overwritten, where that can be read. */
  bytes?(): Promise<string>;
  close(): Promise<void>;
}

/** What a storage guarantees where storages differ. */
export interface Capabilities {
  /** Several processes can use one place. */
  readonly processes: boolean;
  /** Sessions of one shop that are stored at once are all found by shop. */
  readonly exactIndex: boolean;
  /** A session that was stored twice is found once by shop. */
  readonly findsOnce: boolean;
  /** The most sessions that `findSessionsByShop` returns. */
  readonly foundPerShop: number;
  /** Storing a session without a token removes the token that was stored before. */
  readonly forgetsTokens: boolean;
  /** A session that was handed in or out is no longer connected to what is stored. */
  readonly copies: boolean;
  /** `deleteSessions([])` is allowed. */
  readonly deletesNone: boolean;
  /** Even `__proto__` may be an id. */
  readonly anyId: boolean;
  /** Dates keep their milliseconds, and `onlineAccessInfo` all that Shopify sent. */
  readonly exactFields: boolean;
}

/** A kind of session storage, over which the suite runs. */
export interface Backend {
  readonly name: string;
  readonly server: SharedServer | undefined;
  readonly capabilities: Capabilities;
  /** Makes a new and empty place on `server`, which is `''` for a storage without a server. */
  create(server: string): Promise<Place>;
  connect(place: Place): Promise<Connection>;
  /** Removes the place and all that is in it. */
  drop(place: Place): Promise<void>;
}

/** What the official storages guarantee unless they say otherwise. */
export const officialCapabilities: Capabilities = {
  processes: true,
  exactIndex: true,
  findsOnce: true,
  foundPerShop: Number.POSITIVE_INFINITY,
  forgetsTokens: true,
  copies: true,
  deletesNone: true,
  anyId: true,
  exactFields: false,
};

/** A name for a database, a table or a key prefix that no other test uses. */
export function uniqueName(): string {
  const random = Math.random().toString(36).slice(2, 10);
  return `test_sessions_${process.pid}_${random}`;
}
