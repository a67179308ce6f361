-- Ends the lease if it is the last one that was granted, and returns 1; otherwise returns 0.
-- KEYS: the record. ARGV: the fence of the lease.
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then
  return 0
end
redis.call('HDEL', KEYS[1], 'held')
return 1
