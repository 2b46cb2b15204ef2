// What the conformance suite needs of a store: a place of its own with the official storage on it,
// and our catalog on the same place.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import type { SharedServer } from '../servers/shared.js';

/** A catalog and the storage that an app uses at the same time, each with a connection of its own. */
export interface CatalogConnection {
  readonly storage: SessionStorage;
  readonly catalog: SessionCatalog<StoredSession>;
  /**
   * Damages the record of a session so that it is a session no more, as far as the database lets that
   * happen. Answers what removes the record. Missing for KeyvSessionStorage: see its own tests.
   */
  readonly damage?: ((id: string) => Promise<() => Promise<unknown>>) | undefined;
  /** Removes every session sooner than by way of the storage. */
  readonly empty?: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

/** A kind of store, over which the suite runs. */
export interface CatalogBackend {
  readonly name: string;
  readonly server: SharedServer | undefined;
  /** Texts that differ in case only compare equal, as Prisma has MySQL compare them. */
  readonly ignoresCase?: true;
  /** False where a write of another process in the same moment can be lost. Default: true. */
  readonly atomic?: false;
  /** How many sessions are a large number for it. Default: 1050, more than a page of any catalog. */
  readonly many?: number;
  /** The same catalog serves another backend with the same statements: what takes long is for `npm run test:torture`. */
  readonly isLikeAnother?: true;
  /** Makes a new and empty place on `server`, which is `''` for a store without a server. */
  create(server: string): Promise<Place>;
  connect(place: Place): Promise<CatalogConnection>;
  /** Removes the place and all that is in it. */
  drop(place: Place): Promise<void>;
}
