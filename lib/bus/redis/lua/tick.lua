#!lua flags=allow-oom
-- The scheduler's commit: the token is checked in the same step that records ticks and puts their starts into the outbox.
-- KEYS[1] the timetable's prefix
-- ARGV    token, then sections, each a count and that many groups:
--         triggers (uid, due ms or '', state) · dropped (uid) · starts (name, json) · sent (name) · cursors (name, value)
-- Returns 'APPLIED' or 'FENCED'.
local p = KEYS[1]
if redis.call('GET', p .. ':leader') ~= ARGV[1] then return 'FENCED' end
local next = 2
local function groups(width, write)
  local count = tonumber(ARGV[next])
  next = next + 1
  for _ = 1, count do
    write(ARGV[next], ARGV[next + 1], ARGV[next + 2])
    next = next + width
  end
end
groups(3, function(uid, due, state)
  redis.call('HSET', p .. ':triggers', uid, state)
  if due == '' then redis.call('ZREM', p .. ':due', uid) else redis.call('ZADD', p .. ':due', due, uid) end
end)
groups(1, function(uid)
  redis.call('HDEL', p .. ':triggers', uid)
  redis.call('ZREM', p .. ':due', uid)
end)
groups(2, function(name, json) redis.call('HSET', p .. ':outbox', name, json) end)
groups(1, function(name) redis.call('HDEL', p .. ':outbox', name) end)
groups(2, function(name, value) redis.call('HSET', p .. ':cursors', name, value) end)
redis.call('INCR', p .. ':number')
return 'APPLIED'
