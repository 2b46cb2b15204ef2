// Turns records into sessions of the app's class.
import { SessionMismatchError } from '../errors.js';
import {
  classOf,
  createSession,
  installedSessionClass,
  type SessionClass,
  type SessionProperties,
} from './installed-session.js';
import type { ReservationRecord, SessionRecord } from './session-record.js';

export class RecordToSession<S> {
  readonly #isGiven: boolean;
  #sessionClass: SessionClass<object> | undefined;
  #isReady: boolean;
  #finding: Promise<void> | undefined;

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

  /** Whether the other methods may be called: whether it is known which class to make. */
  get isReady(): boolean {
    return this.#isReady;
  }

  getReady(): Promise<void> {
    this.#finding ??= installedSessionClass().then(
      (found) => {
        // The app may have stored a session in the meantime.
        if (!this.#isReady) this.#sessionClass = found;
        this.#isReady = true;
      },
      (error: unknown) => {
        this.#finding = undefined;
        throw error;
      },
    );
    return this.#finding;
  }

  /**
   * The session in a record.
   *
   * @returns `undefined` for a reservation, `'expired'` for a session that can no longer be used.
   * @throws SessionMismatchError if it holds another session.
   */
  read(id: string, record: SessionRecord | ReservationRecord): S | undefined | 'expired' {
    if (record.expiresAt !== null && record.expiresAt < Date.now()) return 'expired';
    if (record.type === 'reservation') return undefined;
    const { session } = record;
    if (session.id !== id || session.shop !== record.shop) {
      throw new SessionMismatchError(
        `Session ${id}: the store holds another session under its key. Delete it to start again.`,
        { sessionId: id },
      );
    }
    // A member of this name would become the prototype of the session.
    const { ['__proto__']: _, ...properties } = session;
    return this.#create(withDates({ ...properties, id }));
  }

  /** All that is known of a session whose record cannot be read: enough to delete it. */
  unreadable(id: string, shop: string): S {
    return this.#create({ id, shop, state: '', isOnline: !id.startsWith('offline_') });
  }

  #create(properties: SessionProperties): S {
    return createSession(this.#sessionClass, properties) as S;
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
