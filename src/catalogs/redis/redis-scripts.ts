// The Lua scripts of the catalog: each is one atomic step in the server.
import { redisScript } from '../../store-access/redis/index.js';

/** ARGV: the value expected (none: no key), and the next. Answers 1 if it was stored. */
export const compareAndSwap = redisScript(`
local current = redis.call('GET', KEYS[1])
if #ARGV == 1 then
  if current then return 0 end
  redis.call('SET', KEYS[1], ARGV[1])
  return 1
end
if current ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
`);

/**
 * KEYS: several; ARGV: for each the value expected, and the next. Answers for each 1 if it was
 * stored, else 0. Each is compared and set by itself: a key that holds something else than text must not
 * end the script, which would leave those before it set.
 */
export const compareAndSwapEach = redisScript(`
local done = {}
for i, key in ipairs(KEYS) do
  if redis.pcall('GET', key) == ARGV[2 * i - 1] then
    redis.call('SET', key, ARGV[2 * i], 'KEEPTTL')
    done[i] = 1
  else
    done[i] = 0
  end
end
return done
`);

/** ARGV: the value expected. Answers 1 if it was removed. */
export const compareAndRemove = redisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);
