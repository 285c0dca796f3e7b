#!lua flags=allow-oom
-- Notes that a member lives, and forgets those that have been silent for long.
-- KEYS[1] the hash of members
-- ARGV    member id, member (JSON), silence in ms after which one is forgotten
-- Returns nothing.
local heard = KEYS[1] .. ':heard'
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', heard, now, ARGV[1])
local silent = redis.call('ZRANGEBYSCORE', heard, '-inf', now - tonumber(ARGV[3]), 'LIMIT', 0, 100)
if #silent > 0 then
  redis.call('ZREM', heard, unpack(silent))
  redis.call('HDEL', KEYS[1], unpack(silent))
end
