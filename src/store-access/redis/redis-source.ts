// Where commands for Redis are sent: over one connection, or over one to each node of a cluster.
import type { RedisClientKind, RedisCommand } from './redis-client.js';

export interface RedisSource {
  readonly kind: RedisClientKind;
  /** Sends one command. It is not sent any more once `signal` is aborted. */
  send(command: RedisCommand, signal: AbortSignal): Promise<unknown>;
  /** All masters, each of which holds some of the keys. */
  masters(): Promise<readonly RedisSource[]>;
}
