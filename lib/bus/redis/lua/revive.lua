#!lua flags=allow-oom
-- The gate of what comes back: writes the document of an execution that is not there, and appends the message for its owner.
-- KEYS[1] the partition's prefix
-- ARGV    execution id, version of the document, definition hash, definition, message (JSON array), then fields: name, json …
-- Returns 'accepted', 'live' or 'newer'.
local p = KEYS[1]
local key = p .. ':d:' .. ARGV[1]
if redis.call('EXISTS', key) == 1 then return 'live' end
local tomb = redis.call('HGET', p .. ':ended', ARGV[1])
if tomb and cjson.decode(tomb).version > ARGV[2] then return 'newer' end
for from = 6, #ARGV, 1000 do
  redis.call('HSET', key, unpack(ARGV, from, math.min(from + 999, #ARGV)))
end
redis.call('SADD', p .. ':docs', ARGV[1])
redis.call('HSETNX', p .. ':defs', ARGV[3], ARGV[4])
redis.call('XADD', p .. ':mail', '*', 'm', ARGV[5])
return 'accepted'
