// The Lua scripts of the Redis store. Redis runs a script as one step; both work on the keys they
// are given and on nothing else, as a Redis Cluster demands.

/** One Lua script with the name that Redis knows it by once it has been sent. */
export interface RedisScript {
  readonly source: string;
  /** The SHA-1 of the source in hexadecimal; of no cryptographic use, it is how EVALSHA names it. */
  readonly sha1: Promise<string>;
}

/**
 * KEYS[1]; ARGV: whether a value is expected, how it must start, what to do (`set` or `unlink`), the
 * new value, its time to live in milliseconds (empty: none). Answers 1 if it made the change.
 */
export const compareAndSwapScript = redisScript(`
local current = redis.call('GET', KEYS[1])
if ARGV[1] == '1' then
  if not current or string.sub(current, 1, #ARGV[2]) ~= ARGV[2] then return 0 end
elseif current then
  return 0
end
if ARGV[3] == 'unlink' then
  redis.call('UNLINK', KEYS[1])
elseif ARGV[5] == '' then
  redis.call('SET', KEYS[1], ARGV[4])
else
  redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1
`);

/** KEYS: the keys to remove. Answers what each held. */
export const takeScript = redisScript(`
local values = {}
for i, key in ipairs(KEYS) do
  values[i] = redis.call('GET', key)
  redis.call('UNLINK', key)
end
return values
`);

function redisScript(source: string): RedisScript {
  const sha1 = crypto.subtle
    .digest('SHA-1', new TextEncoder().encode(source))
    .then((digest) =>
      Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''),
    );
  return { source, sha1 };
}
