#!lua flags=allow-oom
-- Keeps a lease for its length from now, or gives it back at once.
-- KEYS[1] the partition's prefix
-- ARGV    lease value, lease in ms (0 releases)
-- Returns 1 where the lease was still ours, else 0.
local key = KEYS[1] .. ':lease'
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lease = redis.call('HMGET', key, 'value', 'until')
local length = tonumber(ARGV[2])
if lease[1] ~= ARGV[1] then return 0 end
if length == 0 then
  redis.call('HDEL', key, 'owner', 'value', 'until')
  return 1
end
if now >= tonumber(lease[2]) then return 0 end
redis.call('HSET', key, 'until', string.format('%.0f', now + length))
return 1
