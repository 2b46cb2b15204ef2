// The Lua scripts of the Redis store. Each works on the keys it is given and on nothing else, as a
// Redis Cluster demands.
import { redisScript } from '../store-access/redis/index.js';

/** Whether the change at position i of KEYS can be made, and making it: what the scripts share. */
const swap = `
local function swap(i)
  local key = KEYS[i]
  local isExpected, start, action, value, timeToLive = unpack(ARGV, 5 * i - 4, 5 * i)
  local current = redis.pcall('GET', key)
  if type(current) == 'table' then return false end
  if isExpected == '1' then
    if not current or string.sub(current, 1, #start) ~= start then return false end
  elseif current then
    return false
  end
  if action == 'unlink' then
    redis.call('UNLINK', key)
  elseif timeToLive == '' then
    redis.call('SET', key, value)
  else
    redis.call('SET', key, value, 'PX', timeToLive)
  end
  return true
end
`;

/**
 * One change for each of KEYS, up to the first that cannot be made. ARGV, five for each: whether a
 * value is expected, how it must start, what to do (`set` or `unlink`), the new value, its time to
 * live in milliseconds (empty: none). Answers how many changes it made.
 */
export const compareAndSwapScript = redisScript(`${swap}
for i = 1, #KEYS do
  if not swap(i) then return i - 1 end
end
return #KEYS
`);

/** One change for each of KEYS, each by itself, as above. Answers 1 or 0 for each. */
export const compareAndSwapEachScript = redisScript(`${swap}
local made = {}
for i = 1, #KEYS do
  made[i] = swap(i) and 1 or 0
end
return made
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
