// The wrapper: seals the tokens of every session on its way into a session storage, and opens
// them on the way out. It knows any session storage by its methods alone.
import { type Awaitable, whenDone } from '../awaitable.js';
import { invalidOption } from '../checked-options.js';
import { brand, isBranded } from '../errors/brand.js';
import {
  OptionInvalidError,
  type SessionEncryptionError,
  SessionMismatchError,
} from '../errors.js';
import { memberOf } from '../foreign-object.js';
import { leftOutOf } from '../left-out-sessions.js';
import { isSameShop } from '../same-shop.js';
import type { SessionStorageLike } from '../session.js';
import {
  copySession,
  idOf,
  isLikelyCopy,
  keepWithheld,
  openSession,
  type SealedSession,
  sealSession,
  withheldFields,
} from '../session-fields/index.js';
import { describeWrongStorage } from '../wrong-storage.js';
import { CallOrder, preparedInTime } from './call-order.js';
import { reportFound, reportSealed, reportSession } from './observer.js';
import { type EncryptedSessionStorageOptions, type Settings, settingsFrom } from './options.js';
import { hasRefreshTokenColumn } from './refresh-token-column.js';
import { type MissingFields, WithheldSessions } from './withheld-sessions.js';
import {
  bindMethods,
  isSessionStorage,
  type MemberOf,
  passMembersThrough,
  type SessionOf,
} from './wrapped-storage.js';

/**
 * A session storage that keeps its sessions in another one, with their tokens sealed.
 * {@link EncryptedSessionStorage} is this, and accepts a Keyv too.
 */
export class SessionStorageDecorator<T extends SessionStorageLike> {
  /** The storage that keeps the sessions, as it was given. */
  readonly inner: T;

  /** The wrapped storage's `isReady`, when it has one. */
  declare readonly isReady: MemberOf<T, 'isReady'>;
  /** The wrapped storage's `ready`, when it has one. */
  declare readonly ready: MemberOf<T, 'ready'>;
  /** The wrapped storage's `disconnect`, when it has one. */
  declare readonly disconnect: MemberOf<T, 'disconnect'>;

  readonly #settings: Settings;
  readonly #hasRefreshTokenColumn: boolean;
  readonly #order = new CallOrder();
  readonly #withheld = new WithheldSessions();

  constructor(inner: T, options?: EncryptedSessionStorageOptions) {
    if (!isSessionStorage(inner)) {
      throw new OptionInvalidError(
        'EncryptedSessionStorage wraps a session storage (an object with storeSession, ' +
          `loadSession and deleteSession) or a Keyv, but was given ${describeWrongStorage(inner)}.`,
      );
    }
    if (isBranded(inner, 'wrapper')) {
      throw new OptionInvalidError(
        'EncryptedSessionStorage was given another EncryptedSessionStorage: wrap a storage once.',
      );
    }
    brand(this, 'wrapper');
    this.inner = inner;
    this.#settings = settingsFrom(options);
    this.#hasRefreshTokenColumn = hasRefreshTokenColumn(inner);
    bindMethods(inner, this, SessionStorageDecorator.prototype);
    passMembersThrough(inner, this);
  }

  /**
   * Stores a session with its tokens sealed with the primary key. The session that is passed is
   * never changed.
   *
   * @param session A session of any release of shopify-api.
   * @returns What the wrapped storage answers.
   * @throws {SessionInvalidError} It has no `id`, or a token that is not a string.
   * @throws {OpenTokenError} A token in it is sealed already, and not for this session and field.
   * @throws {StoreUnavailableError} A token was withheld from the app, and what is stored of it could not be read within 15 s.
   * Whatever the wrapped storage throws is passed on. If sealing fails, it is not asked to store.
   */
  async storeSession(session: SessionOf<T>): Promise<boolean> {
    const id = idOf(session);
    let sealing: Awaitable<SealedSession<SessionOf<T>>> = sealSession(session, this.#settings, {
      hasRefreshTokenColumn: this.#hasRefreshTokenColumn,
    });
    const missing = this.#withheld.missingIn(id, session);
    if (missing !== undefined) {
      sealing = preparedInTime(String(id), this.#withWithheldFields(sealing, session, missing));
    }
    return this.#order.run(
      [id],
      (sealed) => {
        reportSealed(this.#settings.observer, String(id), sealed.fields);
        return this.inner.storeSession(sealed.session);
      },
      sealing,
    );
  }

  /** The sealed session, with what is stored in the fields that were withheld from the app. */
  async #withWithheldFields(
    sealing: Awaitable<SealedSession<SessionOf<T>>>,
    session: SessionOf<T>,
    { fields, isOriginal }: MissingFields,
  ): Promise<SealedSession<SessionOf<T>>> {
    const given = copySession(session);
    const id = String(idOf(given));
    // Async: if the storage throws at once, `sealing` is still awaited.
    const loading = this.#order.run([id], async () => this.inner.loadSession(id));
    const [sealed, answer] = await Promise.all([sealing, loading]);
    const stored = storedSession<SessionOf<T>>(answer, id);
    const isKept =
      isOriginal || (stored && (await isLikelyCopy(given, stored, this.#settings))) === true;
    if (isKept) keepWithheld(sealed.session, fields, stored, this.#settings);
    return sealed;
  }

  /**
   * Loads a session and opens its tokens.
   *
   * @param id The `id` of the session.
   * @returns A new object of the class that the wrapped storage hands out; undefined if there is no
   * such session.
   * @throws {KeyUnknownError} A token is sealed with a key that the key ring does not hold.
   * @throws {TokenUnreadableError} A token is damaged.
   * @throws {TokenContextError} A token belongs to another session, shop or field.
   * @throws {TokenPlaintextError} A token is plaintext, and `mode` is `strict`.
   * @throws {SessionMismatchError} The wrapped storage answered with another session.
   * With `unreadable: 'forget'` the first three make it answer undefined instead.
   */
  async loadSession(id: string): Promise<SessionOf<T> | undefined> {
    const answer = await this.#order.run([id], () => this.inner.loadSession(id));
    const stored = storedSession<SessionOf<T>>(answer, id);
    if (stored === undefined) return undefined;
    return whenDone(openSession(stored, this.#settings), ({ session, fields }) => {
      reportFound(this.#settings.observer, id, fields);
      let refusal: SessionEncryptionError | undefined;
      for (const found of fields) {
        if (found.state !== 'unreadable') continue;
        if (found.error.code === 'ERR_TOKEN_PLAINTEXT') throw found.error;
        refusal ??= found.error;
      }
      if (refusal === undefined) {
        this.#withheld.forget(id);
        return session;
      }
      if (this.#settings.unreadable === 'forget') return undefined;
      throw refusal;
    });
  }

  /** Deletes a session. Answers as the wrapped storage does. */
  async deleteSession(id: string): Promise<boolean> {
    this.#withheld.forget(id);
    return this.#order.run([id], () => this.inner.deleteSession(id));
  }

  /**
   * Deletes sessions. It is there exactly when the wrapped storage has it.
   *
   * @param ids The `id`s of the sessions. None: the answer is true, and the wrapped storage is not
   * asked (SQL storages fail on an empty list).
   */
  async deleteSessions(ids: string[]): Promise<boolean> {
    if (!Array.isArray(ids)) throw invalidOption('ids', 'a list of texts', ids);
    if (ids.length === 0) return true;
    const { inner } = this;
    for (const id of ids) this.#withheld.forget(id);
    return this.#order.run(ids, () => (inner as Required<SessionStorageLike>).deleteSessions(ids));
  }

  /**
   * Finds all sessions of a shop and opens their tokens. It is there exactly when the wrapped storage
   * has it. A field that cannot be opened (or is plaintext in mode `strict`) is absent in its
   * session and reported to the observer: uninstalling a shop must find and delete all sessions.
   * Storing such a session again keeps what is stored in that field, unless the app has put a value
   * there. A session of another shop is not handed out; the observer is told.
   *
   * @param shop The shop's domain, such as `example.myshopify.com`. Whether case counts is up to the wrapped storage.
   */
  async findSessionsByShop(shop: string): Promise<SessionOf<T>[]> {
    const { inner } = this;
    const found: Iterable<SessionOf<T> | null | undefined> | null | undefined = await (
      inner as Required<SessionStorageLike>
    ).findSessionsByShop(shop);
    const { observer } = this.#settings;
    for (const { sessionId, code } of leftOutOf(found)) reportSession(observer, sessionId, code);
    const stored = new Map<unknown, SessionOf<T>>();
    for (const session of found ?? []) {
      if (!session) continue;
      const id = idOf(session);
      if (!isSameShop(memberOf(session, 'shop'), shop))
        reportSession(observer, String(id), SessionMismatchError.code);
      else if (!stored.has(id)) stored.set(id, session);
    }
    return await Promise.all(
      Array.from(stored, async ([id, session]) => {
        const opened = await openSession(session, this.#settings);
        reportFound(observer, String(id), opened.fields);
        const withheld = withheldFields(session, opened.fields);
        if (withheld === undefined) this.#withheld.forget(id);
        else this.#withheld.add(id, opened.session, withheld);
        return opened.session;
      }),
    );
  }
}

/** @throws {SessionMismatchError} `id` was requested, and the wrapped storage answered with another session. */
function storedSession<S extends object>(answer: S | null | undefined, id: string): S | undefined {
  if (!answer) return undefined;
  if (idOf(answer) === id) return answer;
  throw new SessionMismatchError(
    `Session ${id} was requested, and the session storage answered with another session.`,
    { sessionId: id },
  );
}
