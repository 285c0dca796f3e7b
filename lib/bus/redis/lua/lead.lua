#!lua flags=allow-oom
-- Takes, keeps or gives up the scheduler's lead.
-- KEYS[1] the timetable's prefix
-- ARGV    token, lead in ms (0 resigns)
-- Returns 1 where the token leads now, else 0.
local key = KEYS[1] .. ':leader'
local holder = redis.call('GET', key)
if ARGV[2] == '0' then
  if holder == ARGV[1] then redis.call('DEL', key) end
  return 0
end
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
return 1
