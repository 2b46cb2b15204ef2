// Turns records into sessions of the app's class.
import { SessionMismatchError } from '../errors.js';
import {
  createSession,
  installedSessionClass,
  type SessionClass,
  type SessionProperties,
} from './installed-session.js';
import { decodeRecord } from './session-record.js';

export class RecordToSession<S> {
  readonly #given: SessionClass<object> | undefined;
  #sessionClass: Promise<SessionClass<object> | undefined> | undefined;

  /** @param given The class to make sessions of; default: that of the installed shopify-api. */
  constructor(given: SessionClass<object> | undefined) {
    this.#given = given;
  }

  /**
   * The session in a record.
   *
   * @returns `undefined` for a reservation, `'expired'` for a session that can no longer be used.
   * @throws RecordUnreadableError if the text is no record of this version.
   * @throws SessionMismatchError if it holds another session.
   */
  async read(id: string, text: string): Promise<S | undefined | 'expired'> {
    const record = decodeRecord(text, id);
    if (record.expiresAt !== null && record.expiresAt < Date.now()) return 'expired';
    if (record.type === 'reservation') return undefined;
    const { session } = record;
    if (session.id !== id) {
      throw new SessionMismatchError(
        `Session ${id}: the store holds another session under its key. Delete it to start anew.`,
        { sessionId: id },
      );
    }
    return this.#create({ ...session, id, ...datesOf(session) });
  }

  /** All that is known of a session whose record cannot be read: enough to delete it. */
  async unreadable(id: string, shop: string): Promise<S> {
    return this.#create({ id, shop, state: '', isOnline: !id.startsWith('offline_') });
  }

  async #create(properties: SessionProperties): Promise<S> {
    this.#sessionClass ??= this.#given ? Promise.resolve(this.#given) : installedSessionClass();
    return createSession(await this.#sessionClass, properties) as S;
  }
}

/** JSON has no dates; these two properties of a session are. */
function datesOf(session: Readonly<Record<string, unknown>>): Record<string, Date> {
  const dates: Record<string, Date> = {};
  for (const name of ['expires', 'refreshTokenExpires']) {
    const value = session[name];
    if (typeof value === 'string' || typeof value === 'number') dates[name] = new Date(value);
  }
  return dates;
}
