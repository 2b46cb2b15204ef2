// A store in memory that is both the app's session storage and a catalog, with a real
// compare-and-swap. Tests may put other writers in the way.
import type { SessionCatalog, SessionLike } from '../../src/index.js';

export interface StoredSession extends SessionLike {
  state?: string;
  refreshToken?: string | undefined;
  onlineAccessInfo?: {
    associated_user: { id: number; first_name?: string; last_name?: string; email?: string };
  };
}

export class MapCatalog implements SessionCatalog<StoredSession> {
  readonly records = new Map<string, string>();
  atomic = true;
  reads = 0;
  writes = 0;
  /** Runs before each compare-and-swap, as another process would. */
  beforeReplace: ((current: StoredSession | undefined) => Promise<void>) | undefined;

  async *sessions(): AsyncGenerator<StoredSession> {
    for (const id of [...this.records.keys()]) {
      const session = this.#read(id);
      if (session !== undefined) yield session;
    }
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    await this.beforeReplace?.(current);
    const stored = this.records.get(next.id);
    if (stored !== (current === undefined ? undefined : JSON.stringify(current))) return false;
    this.writes++;
    this.records.set(next.id, JSON.stringify(next));
    return true;
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    return this.#read(id);
  }

  async storeSession(session: StoredSession): Promise<boolean> {
    this.records.set(session.id, JSON.stringify(session));
    return true;
  }

  async deleteSession(id: string): Promise<boolean> {
    this.records.delete(id);
    return true;
  }

  /** The session as it is stored. */
  stored(id: string): StoredSession {
    const session = this.#read(id);
    if (session === undefined) throw new Error(`No session ${id}.`);
    return session;
  }

  #read(id: string): StoredSession | undefined {
    this.reads++;
    const text = this.records.get(id);
    return text === undefined ? undefined : JSON.parse(text);
  }
}

/** The same store, seen through a catalog that cannot load one session. */
export function withoutLoad(catalog: MapCatalog): SessionCatalog<StoredSession> {
  return {
    sessions: () => catalog.sessions(),
    replaceSession: (current, next) => catalog.replaceSession(current, next),
  };
}
