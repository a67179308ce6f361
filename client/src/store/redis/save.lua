-- Replaces the record if the lease is the last one that was granted, and was not released. Returns
-- 1, or 0 if nothing is written. KEYS: the record. ARGV: the fence of the lease, the record's
-- bytes.
local entry = redis.call('HMGET', KEYS[1], 'fence', 'held')
if entry[1] ~= ARGV[1] or not entry[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'bytes', ARGV[2])
return 1
