// Error events of a client or pool that an app has.

/** What emits them. */
interface Emitter {
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

const heard = new WeakSet<Emitter>();

/**
 * Listens to the errors of a client for as long as it lives: else one would end the process. Calls meet them as well.
 * An app may make a catalog over the same client each time that it needs one, so it listens once.
 */
export function passOverErrors(client: Emitter): void {
  if (heard.has(client)) return;
  heard.add(client);
  client.on?.('error', () => {});
}
