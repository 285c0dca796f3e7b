#!lua flags=allow-oom
-- The gate of all other messages: one entry, refused when it is too old or too new.
-- ARGV    messages (JSON array), oldest time, newest time, life (all ms)
-- Answers 1, or 0 when it was refused.
local function act(p, a, last, now)
  local life = tonumber(ARGV[a + 4])
  if now - tonumber(ARGV[a + 2]) > life or tonumber(ARGV[a + 3]) - now > life then return 0 end
  redis.call('XADD', p .. ':mail', '*', 'm', ARGV[a + 1])
  return 1
end
