// The Lua scripts of the Redis store. Redis runs a script as one step; both work on the keys they
// are given and on nothing else, as a Redis Cluster demands.
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

/**
 * One change for each of KEYS, up to the first that cannot be made. ARGV, five for each: whether a
 * value is expected, how it must start, what to do (`set` or `unlink`), the new value, its time to
 * live in milliseconds (empty: none). Answers how many changes it made.
 */
export const compareAndSwapScript = redisScript(`
for i, key in ipairs(KEYS) do
  local isExpected, start, action, value, timeToLive = unpack(ARGV, 5 * i - 4, 5 * i)
  local current = redis.call('GET', key)
  if isExpected == '1' then
    if not current or string.sub(current, 1, #start) ~= start then return i - 1 end
  elseif current then
    return i - 1
  end
  if action == 'unlink' then
    redis.call('UNLINK', key)
  elseif timeToLive == '' then
    redis.call('SET', key, value)
  else
    redis.call('SET', key, value, 'PX', timeToLive)
  end
end
return #KEYS
`);

/** KEYS: one to read, then those to remove. Answers what each held. */
export const readAndTakeScript = redisScript(`
local values = {}
for i, key in ipairs(KEYS) do
  values[i] = redis.call('GET', key)
  if i > 1 then redis.call('UNLINK', key) end
end
return values
`);

function redisScript(source: string): RedisScript {
  const sha1 = nodeBuiltin('node:crypto')?.createHash('sha1').update(source).digest('hex');
  return { source, sha1 };
}
