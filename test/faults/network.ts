// The networks of several servers, broken as one.
import type { TcpProxy } from './tcp-proxy.js';

/** What a test can do to a network. */
export type Network = Pick<
  TcpProxy,
  | 'connections'
  | 'retarget'
  | 'silence'
  | 'delay'
  | 'cut'
  | 'truncate'
  | 'refuse'
  | 'restore'
  | 'forget'
>;

/** Does to each network what is done to it. */
export class Networks implements Network {
  readonly #networks: readonly TcpProxy[];

  constructor(networks: readonly TcpProxy[]) {
    this.#networks = networks;
  }

  get connections(): number {
    return this.#networks.reduce((sum, { connections }) => sum + connections, 0);
  }

  retarget(): never {
    throw new Error('Each of several networks leads to a server of its own.');
  }

  silence(...loss: Parameters<TcpProxy['silence']>): void {
    for (const network of this.#networks) network.silence(...loss);
  }

  delay(milliseconds: number): void {
    for (const network of this.#networks) network.delay(milliseconds);
  }

  cut(): void {
    for (const network of this.#networks) network.cut();
  }

  truncate(replies: number): void {
    for (const network of this.#networks) network.truncate(replies);
  }

  async refuse(): Promise<void> {
    await Promise.all(this.#networks.map((network) => network.refuse()));
  }

  async restore(): Promise<void> {
    await Promise.all(this.#networks.map((network) => network.restore()));
  }

  forget(): void {
    for (const network of this.#networks) network.forget();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#networks.map((network) => network.stop()));
  }
}
