-- The gate of starts: answers for a live or ended execution with that one, keeps the definition beside the message.
-- Without allow-oom: under memory pressure a start from outside is refused by Redis itself.
-- KEYS[1] the partition's prefix
-- ARGV    execution id, definition hash, definition ('' if it should be known), message (JSON array), message's time in ms,
--         life in ms, entries at most (0: urgent, no bound)
-- Returns {'accepted'}, {'live'}, {'ended', tombstone}, {'definitionMissing'}, {'full'} or {'late', now}.
local p = KEYS[1]
if redis.call('EXISTS', p .. ':d:' .. ARGV[1]) == 1 then return { 'live' } end
local tomb = redis.call('HGET', p .. ':ended', ARGV[1])
if tomb then return { 'ended', tomb } end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if math.abs(now - tonumber(ARGV[5])) > tonumber(ARGV[6]) then return { 'late', tostring(now) } end
if ARGV[7] ~= '0' and redis.call('XLEN', p .. ':mail') >= tonumber(ARGV[7]) then return { 'full' } end
if redis.call('HEXISTS', p .. ':defs', ARGV[2]) == 0 then
  if ARGV[3] == '' then return { 'definitionMissing' } end
  redis.call('HSET', p .. ':defs', ARGV[2], ARGV[3])
end
redis.call('XADD', p .. ':mail', '*', 'm', ARGV[4])
return { 'accepted' }
