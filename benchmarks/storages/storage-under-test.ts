// What is measured of a storage.
import type { Session } from '@shopify/shopify-api';

/** The methods that are measured. */
export interface TestedStorage {
  storeSession(session: Session): Promise<boolean>;
  loadSession(id: string): Promise<Session | undefined>;
  findSessionsByShop(shop: string): Promise<Session[]>;
  deleteSession(id: string): Promise<boolean>;
  deleteSessions(ids: string[]): Promise<boolean>;
}

export interface StorageUnderTest {
  readonly name: string;
  readonly storage: TestedStorage;
  close(): Promise<unknown>;
}
