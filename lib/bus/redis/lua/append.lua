#!lua flags=allow-oom
-- The gate of all other messages: one entry, refused when it is too old or too new.
-- KEYS[1] the partition's prefix
-- ARGV    messages (JSON array), oldest time, newest time, life (all ms)
-- Returns 1, or 0 when it was refused.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local life = tonumber(ARGV[4])
if now - tonumber(ARGV[2]) > life or tonumber(ARGV[3]) - now > life then return 0 end
redis.call('XADD', KEYS[1] .. ':mail', '*', 'm', ARGV[1])
return 1
