-- Grants a lease and returns its fence. Returns nil while another lease is held, and 0 if the
-- record is not a store's. KEYS: the record, the lease. ARGV: the life of the lease in ms.
local fence = redis.call('HGET', KEYS[1], 'fence') or '0'
if not string.match(fence, '^%d+$') then
  return 0
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return false
end
-- Fences follow the time of day, so that they grow even if the record is deleted.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
fence = math.max(fence + 1, now)
local written = string.format('%.0f', fence)
redis.call('HSET', KEYS[1], 'fence', written, 'held', '1')
if ARGV[1] ~= '0' then
  redis.call('SET', KEYS[2], written, 'PX', ARGV[1])
end
return fence
