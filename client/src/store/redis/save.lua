-- Replaces the record under the last lease that was given, unless it was released: 1; otherwise 0, and nothing is written.
-- KEYS: the record. ARGV: the lease's fence, the record's bytes.
local entry = redis.call('HMGET', KEYS[1], 'fence', 'held')
if entry[1] ~= ARGV[1] or not entry[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'bytes', ARGV[2])
return 1
