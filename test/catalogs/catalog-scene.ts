// The store of one suite: an app with the official storage, and our catalog beside it.
import { Session } from '@shopify/shopify-api';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { EncryptedSessionStorage, generateKey, Keyring } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import { kept } from '../conformance/sessions.js';
import type { CatalogBackend, CatalogConnection } from './catalog-backend.js';

export const shop = 'a.myshopify.com';

export class CatalogScene {
  readonly #backend: CatalogBackend;
  #place: Place | undefined;
  #connection: CatalogConnection | undefined;

  constructor(backend: CatalogBackend) {
    this.#backend = backend;
  }

  get ignoresCase(): boolean {
    return this.#backend.ignoresCase === true;
  }

  get atomic(): boolean {
    return this.#backend.atomic !== false;
  }

  get many(): number {
    return this.#backend.many ?? 1_050;
  }

  get isSlow(): boolean {
    return this.#backend.many !== undefined;
  }

  /** Whether to try what takes long. */
  get isThorough(): boolean {
    return this.#backend.isLikeAnother !== true || process.env.TORTURE_SESSIONS !== undefined;
  }

  async open(server: string): Promise<void> {
    this.#place = await this.#backend.create(server);
    this.#connection = await this.#backend.connect(this.#place);
  }

  async close(): Promise<void> {
    await this.#connection?.close();
    if (this.#place !== undefined) await this.#backend.drop(this.#place);
  }

  async empty(): Promise<void> {
    if (this.#opened.empty !== undefined) return this.#opened.empty();
    const ids = (await this.everySession()).map(({ id }) => id);
    for (let start = 0; start < ids.length; start += 500) {
      await this.storage.deleteSessions?.(ids.slice(start, start + 500));
    }
  }

  get catalog(): CatalogConnection['catalog'] {
    return this.#opened.catalog;
  }

  /** The storage as the app has it without us. */
  get storage(): CatalogConnection['storage'] {
    return this.#opened.storage;
  }

  /** The key of the app, as text. */
  readonly key = generateKey({ kid: 'app' }).text;
  readonly #keyring = Keyring.parse(this.key);

  /** The storage as the app has it with us. */
  get app(): EncryptedSessionStorage<CatalogConnection['storage']> {
    return new EncryptedSessionStorage(this.storage, { keyring: this.#keyring, userInfo: true });
  }

  async everySession(): Promise<StoredSession[]> {
    const found: StoredSession[] = [];
    for await (const session of this.catalog.sessions()) found.push(session);
    return found;
  }

  /** Damages the record of a session, and answers what removes it. */
  get damage(): CatalogConnection['damage'] {
    return this.#opened.damage;
  }

  /** Stores a session through the app, and reads it through the catalog. */
  async stored(session: Session): Promise<StoredSession> {
    await this.app.storeSession(session);
    return this.atRest(session.id);
  }

  async atRest(id: string): Promise<StoredSession> {
    const session = (await this.everySession()).find((found) => found.id === id);
    if (session === undefined) throw new Error(`Session ${id} is not there.`);
    return session;
  }

  get #opened(): CatalogConnection {
    if (this.#connection === undefined) throw new Error('The store is not open.');
    return this.#connection;
  }
}

/** What storages keep of a session; some write '' for a token that is absent, some nothing. */
export const keptAtRest = (session: object | undefined): unknown => {
  const properties = kept(session && new Session(session as never)) as object | undefined;
  return properties && Object.fromEntries(Object.entries(properties).filter(([, v]) => v !== ''));
};
