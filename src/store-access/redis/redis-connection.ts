// A connection to Redis of our own: connects when it is needed, and drops a client that does not
// answer any more, so that the next call opens another. Clients of node-redis wait for ever.
import { hasMethods, isError, type Members } from '../../foreign-object.js';
import { setReferenced } from '../../pause.js';
import { isRedisReply, noteUnsent } from '../driver-errors.js';
import type { StoreAccess } from '../store-access.js';
import { openingError, speaksTls, tlsNotAnswered } from './opening-errors.js';
import {
  call,
  destroy,
  type RedisClientKind,
  type RedisCommand,
  sendRedisCommand,
  sendsLate,
} from './redis-client.js';
import type { RedisSource } from './redis-source.js';

export interface RedisConnectionOptions {
  readonly kind: RedisClientKind;
  /** Makes a client that is not connected. */
  make(): Members | Promise<Members>;
  /** A client of the app's, which is used itself, and not closed. */
  readonly shared?: Members;
  /**
   * `make` has only the one client, which looks for its server by itself: it is not dropped, and is opened
   * again only if its first attempt has failed.
   */
  readonly healsItself?: boolean;
  /** After how many milliseconds without a command it is closed, until the next one; `undefined`: not at all. */
  readonly closedAfter?: number | undefined;
  readonly access: StoreAccess;
}

const droppedWhileOpening = 'The connection was dropped while it was being opened.';

export class RedisConnection implements RedisSource {
  readonly kind: RedisClientKind;
  readonly #make: () => Members | Promise<Members>;
  readonly #access: StoreAccess;
  readonly #shared: Members | undefined;
  readonly #healsItself: boolean;
  readonly #closedAfter: number | undefined;
  #client: Members | undefined;
  #connecting: Promise<Members> | undefined;
  /** Counts what was dropped and closed: an attempt to connect that began before is of no use. */
  #drops = 0;
  #isClosed = false;
  /** How many commands have no answer yet, by the signal that they share. */
  readonly #unanswered = new WeakMap<AbortSignal, number>();
  /** How many have none in all. */
  #underWay = 0;
  #closing: ReturnType<typeof setTimeout> | undefined;
  #lastAnswer = 0;
  #openedAt = 0;
  /** What listens to the errors of each client. */
  readonly #listeners = new WeakMap<Members, (error: unknown) => void>();
  #destroying: Promise<void> | undefined;

  constructor(options: RedisConnectionOptions) {
    const { kind, make, shared, healsItself = false, closedAfter, access } = options;
    this.kind = kind;
    this.#make = make;
    this.#access = access;
    this.#shared = shared;
    this.#healsItself = healsItself;
    this.#closedAfter = closedAfter;
    this.#client = shared;
  }

  send(command: RedisCommand, signal: AbortSignal): Promise<unknown> {
    const client = this.#usable(signal);
    const send = (to: Members) => {
      signal.throwIfAborted();
      return sendRedisCommand(to, this.kind, command, signal);
    };
    const sent = () => (client instanceof Promise ? client.then(send) : send(client));
    return this.#watch(sent, signal);
  }

  async masters(): Promise<readonly RedisSource[]> {
    return [this];
  }

  /** Closes the client. The app's own stays open, without anything of ours on it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#drops++;
    const client = this.#client;
    this.#client = undefined;
    this.#connecting = undefined;
    if (client === undefined) return;
    if (client !== this.#shared) return destroy(client);
    const note = this.#listeners.get(client);
    if (note !== undefined && hasMethods(client, 'off')) call(client, 'off', 'error', note);
  }

  #usable(signal: AbortSignal): Members | Promise<Members> {
    const client = this.#client;
    this.#listen(signal);
    return client !== undefined && this.#connecting === undefined && isUsable(client)
      ? client
      : this.#connect();
  }

  async #watch(send: () => unknown, signal: AbortSignal): Promise<unknown> {
    this.#count(signal, 1);
    try {
      const reply = await send();
      this.#lastAnswer = performance.now();
      return reply;
    } catch (error) {
      if (isRedisReply(error)) {
        this.#lastAnswer = performance.now();
        if (this.#isOfDemoted(error)) this.#drop();
      } else if (!signal.aborted && this.#client !== undefined && !isUsable(this.#client)) {
        this.#drop();
      }
      throw error;
    } finally {
      this.#count(signal, -1);
    }
  }

  #count(signal: AbortSignal, change: number): void {
    this.#unanswered.set(signal, (this.#unanswered.get(signal) ?? 0) + change);
    this.#underWay += change;
    clearTimeout(this.#closing);
    if (this.#underWay > 0 || this.#closedAfter === undefined) return;
    this.#closing = setTimeout(() => this.#letGo(), this.#closedAfter);
    setReferenced(this.#closing, false);
  }

  /** While it connects, every caller waits for the one attempt. */
  #connect(): Promise<Members> {
    if (this.#connecting !== undefined) return this.#connecting;
    const connecting = this.#open()
      .catch((error: unknown) => {
        noteUnsent(error);
        throw error;
      })
      .finally(() => {
        if (this.#connecting === connecting) this.#connecting = undefined;
      });
    this.#connecting = connecting;
    return connecting;
  }

  async #open(): Promise<Members> {
    if (this.#isClosed) throw new Error('The session store was disconnected.');
    const drops = this.#drops;
    const stale = this.#client;
    if (stale !== undefined) await destroy(stale);
    await this.#destroying;
    const client = await this.#make();
    if (this.#drops !== drops) throw new Error(droppedWhileOpening);
    if (!this.#listeners.has(client)) {
      // Failures come through promises; without a listener they would end the process as well.
      const note = (error: unknown) => {
        // What a client says that was dropped while it connected is not why.
        if (this.#client === client) this.#access.noteEvent(this.#explained(error, client));
      };
      this.#listeners.set(client, note);
      call(client, 'on', 'error', note);
    }
    // A call that waits has a timer that keeps the process alive.
    if (!this.#healsItself && hasMethods(client, 'unref')) call(client, 'unref');
    this.#client = client;
    try {
      await call(client, 'connect');
    } catch (error) {
      throw this.#explained(error, client);
    }
    if (this.#client !== client) {
      await destroy(client);
      throw new Error(droppedWhileOpening);
    }
    this.#openedAt = this.#lastAnswer = performance.now();
    return client;
  }

  /** Once a connection has been opened, TLS is not why another cannot be. */
  #explained(error: unknown, client: Members): unknown {
    return this.#openedAt === 0 ? openingError(error, client) : error;
  }

  /** Whether the connection may still lead to the server that was demoted in a failover. */
  #isOfDemoted(error: unknown): boolean {
    const [word] = isError(error) ? error.message.split(' ') : [];
    // After MASTERDOWN a command is sent again soon: a new connection each time would be too many.
    return (
      word === 'READONLY' || (word === 'MASTERDOWN' && performance.now() - this.#openedAt > 1_000)
    );
  }

  /** Looks, when the calls that share a signal have run out of time, whether anything was answered since. */
  #listen(signal: AbortSignal): void {
    if (this.#unanswered.has(signal)) return;
    const since = performance.now();
    signal.addEventListener(
      'abort',
      () => {
        if (this.#unanswered.get(signal) === 0 || this.#isClosed) return;
        const client = this.#client;
        if (client !== undefined && this.#openedAt === 0 && speaksTls(client)) {
          this.#access.noteEvent(tlsNotAnswered());
        }
        const isLate = client !== undefined && sendsLate(client, this.kind);
        if (isLate || this.#lastAnswer < since) this.#drop();
      },
      { once: true },
    );
  }

  #drop(): void {
    if (this.#letGo()) this.#access.report({ type: 'reconnect', store: this.#access.name });
  }

  /** Closes the client, if there is one; the next command opens another. */
  #letGo(): boolean {
    const client = this.#client;
    if (this.#healsItself || (client === undefined && this.#connecting === undefined)) return false;
    this.#drops++;
    this.#client = undefined;
    this.#connecting = undefined;
    if (client !== undefined) this.#destroying = destroy(client);
    return true;
  }
}

function isUsable(client: Members): boolean {
  return client.isReady === true || client.status === 'ready';
}
