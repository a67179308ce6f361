-- Ends the lease, if it is the last one that was given: 1; otherwise 0.
-- KEYS: the record, the lease. ARGV: the lease's fence.
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'held')
redis.call('DEL', KEYS[2])
return 1
