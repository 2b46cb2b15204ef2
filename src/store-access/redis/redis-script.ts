// Lua scripts for Redis, which runs each as one step.
import { nodeBuiltin } from '../../runtime/node-builtins.js';

/** One Lua script with the name that Redis knows it by once it has been sent. */
export interface RedisScript {
  readonly source: string;
  /**
   * The SHA-1 of the source in hexadecimal; of no cryptographic use, it is how EVALSHA names it.
   * Without node:crypto the source is sent each time.
   */
  readonly sha1: string | undefined;
}

export function redisScript(source: string): RedisScript {
  const sha1 = nodeBuiltin('node:crypto')?.createHash('sha1').update(source).digest('hex');
  return { source, sha1 };
}
