#!lua flags=allow-oom
-- The gate of kills: from the moment of this answer no claim of the execution is granted.
-- KEYS[1] the partition's prefix
-- ARGV    execution id, incarnation, message (JSON array)
-- Returns 'accepted', 'ended', 'unknown' or 'otherIncarnation'.
local p = KEYS[1]
local start = redis.call('HGET', p .. ':d:' .. ARGV[1], 'start')
if not start then
  if redis.call('HEXISTS', p .. ':ended', ARGV[1]) == 1 then return 'ended' end
  return 'unknown'
end
if tostring(cjson.decode(start).incarnation) ~= ARGV[2] then return 'otherIncarnation' end
if redis.call('HEXISTS', p .. ':ended', ARGV[1]) == 1 then return 'ended' end
redis.call('SADD', p .. ':killing', ARGV[1])
redis.call('XADD', p .. ':mail', '*', 'm', ARGV[3])
return 'accepted'
