// A TCP proxy on 127.0.0.1 that stands for the network between an app and its server: it delays,
// silences, cuts, truncates and refuses.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What is lost on the way. */
export interface Loss {
  /** From the client to the server. */
  readonly requests: boolean;
  /** From the server to the client. */
  readonly replies: boolean;
}

const nothing: Loss = { requests: false, replies: false };

/** One client's connection and the one to the server that belongs to it. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #proxy: ProxyState;
  loss: Loss;

  constructor(client: Socket, server: Socket, proxy: ProxyState) {
    this.#client = client;
    this.#server = server;
    this.#proxy = proxy;
    this.loss = proxy.loss;
    this.#forward(client, server, 'requests');
    this.#forward(server, client, 'replies');
  }

  /** Ends what the server still has of a connection that has gone silent. */
  forget(): void {
    if (this.loss.requests || this.loss.replies) this.#server.resetAndDestroy();
  }

  /** Ends both connections with a reset. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Whether what comes now is lost, and counts it. */
  #isLost(direction: keyof Loss): boolean {
    if (this.loss[direction]) this.#proxy.lost++;
    return this.loss[direction];
  }

  #forward(from: Socket, to: Socket, direction: keyof Loss): void {
    // A queue, as timers that are due at the same time go off in no certain order.
    const steps: { readonly due: number; readonly step: () => void }[] = [];
    const takeSteps = () => {
      for (let next = steps[0]; next !== undefined; next = steps[0]) {
        const wait = next.due - performance.now();
        if (wait > 0) {
          setTimeout(takeSteps, wait).unref();
          return;
        }
        steps.shift();
        next.step();
      }
    };
    /** In order, each step as late as the network is slow now. */
    const later = (step: () => void) => {
      const before = steps.at(-1)?.due ?? 0;
      steps.push({ due: Math.max(before, performance.now() + this.#proxy.delay), step });
      if (steps.length === 1) takeSteps();
    };
    from.on('data', (chunk) => {
      if (direction === 'requests') this.#proxy.onRequest();
      if (this.#isLost(direction)) return;
      later(() => {
        if (this.#isLost(direction)) return;
        if (direction === 'replies' && this.#proxy.truncations > 0 && chunk.length > 1) {
          this.#proxy.truncations--;
          // What was written before a reset may never arrive, so the connection ends in order.
          to.end(chunk.subarray(0, chunk.length >> 1), () => this.#server.resetAndDestroy());
          return;
        }
        if (to.writable) to.write(chunk);
      });
    });
    // An end is a packet like any other: it may be late, or be lost.
    from.on('end', () => this.loss[direction] || later(() => to.end()));
    from.on('error', () => this.loss[direction] || later(() => to.resetAndDestroy()));
    from.on('close', () => this.loss[direction] || later(() => to.destroySoon()));
  }
}

interface ProxyState {
  /** Called before a piece of what a client sends is passed on. */
  onRequest(): void;
  loss: Loss;
  /** In milliseconds, each way. */
  delay: number;
  /** So many of the next replies end in the middle, and with them their connections. */
  truncations: number;
  /** Pieces of what was sent that were lost so far. */
  lost: number;
}

/** A network that a test can break. It passes everything on until it is told otherwise. */
export class TcpProxy {
  readonly #state: ProxyState = {
    ...{ loss: nothing, delay: 0, truncations: 0, lost: 0 },
    onRequest: () => this.#countRequest(),
  };
  #requestsLeft = Number.POSITIVE_INFINITY;
  readonly #links = new Set<Link>();
  /** What has gone silent, even if its client has given it up: the server does not know. */
  readonly #silent = new Set<Link>();
  readonly #sockets = new Set<Socket>();
  /** Clients that came while what they send is lost. */
  readonly #unanswered = new Set<Socket>();
  #server: Server | undefined;
  #target: number;
  #port = 0;
  /** Connections that clients have made so far. */
  accepted = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  /** @param target The port on 127.0.0.1 that is behind it. */
  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that clients have open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** Whether what comes now is lost. */
  get isSilent(): boolean {
    return this.#state.loss !== nothing;
  }

  /** How many pieces of what was sent were lost so far. */
  get lost(): number {
    return this.#state.lost;
  }

  /** `url` with this proxy in place of the server. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.#port);
    return through.href;
  }

  /** From now on `target` is behind it; connections that are open stay where they are. */
  retarget(target: number): void {
    this.#target = target;
  }

  /**
   * Loses what is sent, without a word to anybody, as a firewall that drops packets: on every
   * connection that is open and on every new one, whose handshake is then never answered.
   */
  silence(loss: Loss = { requests: true, replies: true }): void {
    this.#state.loss = loss;
    for (const link of this.#links) {
      link.loss = loss;
      this.#silent.add(link);
    }
  }

  /** Goes silent after so many more pieces of what clients send. */
  silenceAfter(requests: number): void {
    this.#requestsLeft = requests;
  }

  #countRequest(): void {
    if (this.#requestsLeft === 0) this.silence();
    this.#requestsLeft--;
  }

  /** Makes everything late by so many milliseconds each way. */
  delay(milliseconds: number): void {
    this.#state.delay = milliseconds;
  }

  /** Ends the connections that are open, with a reset. */
  cut(): void {
    for (const link of this.#links) link.cut();
    for (const client of this.#unanswered) client.resetAndDestroy();
  }

  /** Ends so many replies in the middle, and with each its connection. */
  truncate(replies: number): void {
    this.#state.truncations = replies;
  }

  /** Cuts the connections that are open and refuses new ones. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  /**
   * The network is back, for new connections. What was silenced stays silent: a firewall that has
   * forgotten a connection drops its packets for good.
   */
  async restore(): Promise<void> {
    Object.assign(this.#state, { loss: nothing, delay: 0, truncations: 0 });
    this.#requestsLeft = Number.POSITIVE_INFINITY;
    if (this.#server === undefined) await this.#listen();
  }

  /** The server gives up connections that are silent, as it does by itself after minutes or hours. */
  forget(): void {
    for (const link of this.#silent) link.forget();
    this.#silent.clear();
  }

  async stop(): Promise<void> {
    await this.refuse();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(): Promise<void> {
    // A connection may end in one direction first.
    const server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  #accept(client: Socket): void {
    this.accepted++;
    if (this.#state.loss.requests) {
      // What is lost never reaches the server.
      this.#unanswered.add(client);
      client.once('close', () => this.#unanswered.delete(client));
      client.on('error', () => {});
      client.on('data', () => this.#state.lost++);
      return;
    }
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true });
    const link = new Link(client, server, this.#state);
    this.#links.add(link);
    if (link.loss.replies) this.#silent.add(link);
    client.once('close', () => this.#links.delete(link));
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    }
  }
}
