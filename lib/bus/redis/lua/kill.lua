#!lua flags=allow-oom
-- The gate of kills: from the moment of this answer no claim of the execution is granted.
-- KEYS[1] the partition's prefix
-- ARGV    execution id, incarnation ('' any), message (JSON array), 1 where one that is not there must never begin
-- Returns 'accepted', 'ended', 'unknown' or 'otherIncarnation'.
local p = KEYS[1]
local start = redis.call('HGET', p .. ':d:' .. ARGV[1], 'start')
if start and ARGV[2] ~= '' and tostring(cjson.decode(start).incarnation) ~= ARGV[2] then return 'otherIncarnation' end
if redis.call('HEXISTS', p .. ':ended', ARGV[1]) == 1 then return 'ended' end
if not start and ARGV[4] ~= '1' then return 'unknown' end
redis.call('SADD', p .. ':killing', ARGV[1])
redis.call('XADD', p .. ':mail', '*', 'm', ARGV[3])
return 'accepted'
