#!lua flags=allow-oom
-- Keeps a lease for its length from now, or gives it back at once.
-- ARGV    lease value, lease in ms (0 releases)
-- Answers 1 where the lease was still ours, else 0.
local function act(p, a, last, now)
  local key = p .. ':owner'
  local lease = redis.call('HMGET', key, 'value', 'until')
  local length = tonumber(ARGV[a + 2])
  if lease[1] ~= ARGV[a + 1] then return 0 end
  if length == 0 then
    redis.call('HDEL', key, 'owner', 'value', 'until')
    return 1
  end
  if now >= tonumber(lease[2]) then return 0 end
  redis.call('HSET', key, 'until', string.format('%.0f', now + length))
  return 1
end
