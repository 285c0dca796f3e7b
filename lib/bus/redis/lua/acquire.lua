#!lua flags=allow-oom
-- Takes the lease of a partition, with an epoch that no lease had before.
-- KEYS[1] the partition's prefix
-- ARGV    owner, nonce, lease in ms
-- Returns the epoch, or nil when somebody else holds it.
local p = KEYS[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lease = redis.call('HMGET', p .. ':owner', 'owner', 'until', 'epoch')
local owner, length = ARGV[1], tonumber(ARGV[3])
local untilMs = tonumber(lease[2] or '0')
-- A time further ahead than a lease is long was written by a clock that has stepped back since: it counts as past.
if lease[1] and lease[1] ~= owner and now < untilMs and untilMs <= now + length then return nil end
local epoch = math.max(tonumber(lease[3] or '0') + 1, now)
local newest = redis.call('XREVRANGE', p .. ':feed', '+', '-', 'COUNT', 1)
if newest[1] then epoch = math.max(epoch, tonumber(string.match(newest[1][1], '^%d+')) + 1) end
local text = string.format('%.0f', epoch)
redis.call('HSET', p .. ':owner', 'owner', owner, 'epoch', text, 'value', owner .. '|' .. text .. '|' .. ARGV[2],
  'until', string.format('%.0f', now + length))
return text
