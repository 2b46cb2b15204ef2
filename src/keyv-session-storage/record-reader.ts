// Turns stored records into sessions, and remembers which record each session was read from.

import { SessionMismatchError } from '../errors.js';
import { isSameShop } from '../same-shop.js';
import type { SessionClass } from './installed-session.js';
import { RecordToSession } from './record-to-session.js';
import { decodeRecord, peekRecord } from './session-record.js';
import type { StoredRecord, StoredText } from './session-records.js';

export class RecordReader<S> {
  readonly #recordToSession: RecordToSession<S>;
  readonly #readFrom = new WeakMap<object, StoredRecord>();

  /** @param given The class to make sessions of, if the app says so. */
  constructor(given: SessionClass<object> | undefined) {
    this.#recordToSession = new RecordToSession<S>(given);
  }

  /** Takes the class of a session that the app stores. */
  adoptClassOf(session: object): void {
    this.#recordToSession.adoptClassOf(session);
  }

  /** Whether sessions can be read: whether their class is known. */
  get isReady(): boolean {
    return this.#recordToSession.isReady;
  }

  getReady(): Promise<void> {
    return this.#recordToSession.getReady();
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
    const session = this.#recordToSession.read(id, record);
    if (typeof session === 'object' && session !== null) {
      this.#readFrom.set(session, { key, id, text, expiresAt: record.expiresAt });
    }
    return session;
  }

  /**
   * As `read`, for a session that is listed for `shop`. A record that cannot be read gives a session
   * without tokens, which can be deleted.
   *
   * @returns `'mismatch'` for a session of another shop.
   */
  readForShop(stored: StoredText, shop: string): S | undefined | 'expired' | 'mismatch' {
    const record = peekRecord(stored.text);
    if (record?.type === 'session' && !isSameShop(record.session.shop, shop)) return 'mismatch';
    const isReadable =
      record !== undefined && (record.type === 'reservation' || record.session.id === stored.id);
    return isReadable
      ? this.read(stored, record)
      : this.#recordToSession.unreadable(stored.id, shop);
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
  equalRecord(stored: StoredText, session: object): StoredRecord | undefined {
    const record = peekRecord(stored.text);
    if (record?.type !== 'session') return undefined;
    if (JSON.stringify(record.session) !== JSON.stringify(session)) return undefined;
    return { ...stored, expiresAt: record.expiresAt };
  }
}
