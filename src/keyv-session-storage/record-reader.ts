// Turns stored records into sessions of the app's class, and remembers which record each was read from.

import { SessionMismatchError } from '../errors.js';
import { isSameShop } from '../same-shop.js';
import type { SessionLike } from '../session.js';
import {
  classOf,
  createSession,
  installedSessionClass,
  type SessionClass,
  type SessionProperties,
} from './installed-session.js';
import { decodeRecord, hasExpired, jsonOf, peekRecord } from './session-record.js';
import type { StoredRecord, StoredText } from './session-records.js';

export class RecordReader<S> {
  readonly #isGiven: boolean;
  #sessionClass: SessionClass<object> | undefined;
  #isReady: boolean;
  readonly #readFrom = new WeakMap<object, StoredRecord>();

  /**
   * @param given The class to make sessions of. Default: that of the session that the app stored
   * last; until it has stored one, that of the installed shopify-api.
   */
  constructor(given: SessionClass<object> | undefined) {
    this.#isGiven = given !== undefined;
    this.#sessionClass = given;
    this.#isReady = this.#isGiven;
  }

  /**
   * Takes the class of a session that the app stores. An app may have a shopify-api of its own, or
   * its CommonJS copy, where this package finds another.
   */
  adoptClassOf(session: object): void {
    const sessionClass = this.#isGiven ? undefined : classOf(session);
    if (sessionClass === undefined) return;
    this.#sessionClass = sessionClass;
    this.#isReady = true;
  }

  /** Whether sessions can be read: whether their class is known. */
  get isReady(): boolean {
    return this.#isReady;
  }

  async getReady(): Promise<void> {
    const found = await installedSessionClass();
    // The app may have stored a session in the meantime.
    if (!this.#isReady) this.#sessionClass = found;
    this.#isReady = true;
  }

  /** What a session that was handed out was read from, so that it can be replaced. */
  recordOf(session: object): StoredRecord | undefined {
    return this.#readFrom.get(session);
  }

  /**
   * The session in a record.
   *
   * @returns `undefined` for a reservation, `'expired'` for a session that can no longer be used.
   * @throws RecordUnreadableError if it is not a record of this package.
   * @throws SessionMismatchError if it holds another session.
   */
  read({ key, id, text }: StoredText, record = decodeRecord(text, id)): S | undefined | 'expired' {
    const { expiresAt } = record;
    if (hasExpired(record)) return 'expired';
    if (record.type === 'reservation') return undefined;
    if (record.session.id !== id || record.session.shop !== record.shop) {
      throw new SessionMismatchError(
        `Session ${id}: the store holds another session under its key. Delete it to start again.`,
        { sessionId: id },
      );
    }
    const properties = { ...record.session, id };
    // A member of this name would become the prototype of the session. Where there is none, it is not to be
    // read: Node.js may forbid that (--disable-proto=throw).
    Reflect.deleteProperty(properties, '__proto__');
    const session = this.#create(withDates(properties));
    this.#readFrom.set(session, { key, id, text, expiresAt });
    return session;
  }

  /**
   * As `read`, for a session that is listed for `shop`.
   *
   * @returns `'mismatch'` for a session of another shop, `'unreadable'` for a record that cannot be read.
   */
  readForShop(
    stored: StoredText,
    shop: string,
  ): S | undefined | 'expired' | 'mismatch' | 'unreadable' {
    const record = peekRecord(stored.text);
    if (record?.type === 'session' && !isSameShop(record.session.shop, shop)) return 'mismatch';
    const isReadable =
      record !== undefined && (record.type === 'reservation' || record.session.id === stored.id);
    return isReadable ? this.read(stored, record) : 'unreadable';
  }

  /** What is handed out for a record that cannot be read: a session without tokens, which can be deleted. */
  withoutTokens(id: string, shop: string): S {
    return this.#create({ id, shop, state: '', isOnline: !id.startsWith('offline_') });
  }

  /**
   * As `read`, for a record that was found without asking for it.
   *
   * @returns `undefined` for what is not a session that can be used, `'unreadable'` for what is not a
   * record of this package.
   */
  readListed(text: string, keyOf: (id: string) => string): S | undefined | 'unreadable' {
    const record = peekRecord(text);
    // A reservation only says that a session is about to be stored.
    if (record?.type === 'reservation') return undefined;
    const id = record?.session.id;
    if (record === undefined || typeof id !== 'string') return 'unreadable';
    try {
      const session = this.read({ key: keyOf(id), id, text }, record);
      return session === 'expired' ? undefined : session;
    } catch (error) {
      if (error instanceof SessionMismatchError) return 'unreadable';
      throw error;
    }
  }

  /** The record that a session stands for which was not handed out here, if it says the same. */
  equalRecord(stored: StoredText, session: SessionLike): StoredRecord | undefined {
    const record = peekRecord(stored.text);
    if (record?.type !== 'session') return undefined;
    if (JSON.stringify(record.session) !== jsonOf(session)) return undefined;
    return { ...stored, expiresAt: record.expiresAt };
  }

  #create(properties: SessionProperties): S & object {
    return createSession(this.#sessionClass, properties) as S & object;
  }
}

/** JSON has no dates; these two properties of a session are. */
function withDates<T extends Record<string, unknown>>(session: T): T {
  for (const name of ['expires', 'refreshTokenExpires']) {
    const value = session[name];
    if (typeof value === 'string' || typeof value === 'number') {
      Object.assign(session, { [name]: new Date(value) });
    }
  }
  return session;
}
