// Where commands for Redis are sent: over one client, or over a connection for each node of a cluster.
import type { Members } from '../../foreign-object.js';
import { noteMaybeRun } from '../driver-errors.js';
import {
  nodeKindOf,
  type RedisClientKind,
  type RedisCommand,
  redisMasters,
  sendRedisCommand,
  sendsAgain,
} from './redis-client.js';

export interface RedisSource {
  readonly kind: RedisClientKind;
  /** Sends one command. It is not sent any more once `signal` is aborted. */
  send(command: RedisCommand, signal: AbortSignal): Promise<unknown>;
  /** All masters, each of which holds some of the keys. */
  masters(signal: AbortSignal): Promise<readonly RedisSource[]>;
}

/**
 * Sends over one client.
 *
 * @param client The client to send with, at once if it is there.
 * @param watch Sends one command and follows it, so that a connection that does not answer is found out.
 */
export function redisSource(
  kind: RedisClientKind,
  client: (signal: AbortSignal) => Members | Promise<Members>,
  watch = async (send: () => unknown, _signal: AbortSignal) => send(),
): RedisSource {
  return {
    kind,
    send(command, signal) {
      const send = (to: Members) => {
        signal.throwIfAborted();
        const sent = sendRedisCommand(to, kind, command, signal);
        return sendsAgain(kind) ? notingThatItMayHaveRun(sent) : sent;
      };
      const to = client(signal);
      return watch(() => (to instanceof Promise ? to.then(send) : send(to)), signal);
    },
    async masters(signal) {
      const nodes = await redisMasters(await client(signal), kind);
      return nodes.map((node) => redisSource(nodeKindOf(kind), () => node, watch));
    },
  };
}

/** What the last attempt failed of does not show what became of those before. */
async function notingThatItMayHaveRun(sent: unknown): Promise<unknown> {
  try {
    return await sent;
  } catch (error) {
    noteMaybeRun(error);
    throw error;
  }
}
