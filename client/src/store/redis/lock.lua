-- Grants a lease and returns its fence. Returns nil while another lease is held, and 0 if the
-- record is not a store's. KEYS: the record. ARGV: the life of the lease in ms.
--
-- All is in one key: a node of a cluster that passes a slot on can run a script with one key, but
-- not one with two keys of which one does not exist.
local entry = redis.call('HMGET', KEYS[1], 'fence', 'held')
local fence = entry[1] or '0'
local ends = entry[2] or '0'
if not string.match(fence, '^%d+$') or not string.match(ends, '^%d+$') then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local now_ms = math.floor(now / 1000)
if tonumber(ends) > now_ms then
  return false
end
-- Fences follow the time of day in microseconds, so that they grow even if the record is deleted,
-- or a promoted replica has not received it. Numbers in Lua are exact up to 2^53, in the year 2255.
fence = math.max(fence + 1, now)
redis.call('HSET', KEYS[1],
  'fence', string.format('%.0f', fence),
  'held', string.format('%.0f', now_ms + ARGV[1]))
return fence
