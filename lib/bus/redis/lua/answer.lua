#!lua flags=allow-oom
-- The gate of answers: ends of attempts in one entry, and the claims of what their worker goes on with (W3).
-- ARGV    claim in ms, oldest time, newest time, life (all ms), then per answer: the message (JSON) without its last brace, and where
--         the worker wants to go on: the ref and the claim that it holds, `<delivery>|<worker>|<token>|`, both of what is next, and what
--         the message says of that; else five empty texts
-- Answers 0 when it was refused for its time, else one per answer: 1 where the worker may go on.
local function act(p, a, last, now)
  local life = tonumber(ARGV[a + 4])
  if now - tonumber(ARGV[a + 2]) > life or tonumber(ARGV[a + 3]) - now > life then return 0 end
  local untilText = string.format('%.0f', now + tonumber(ARGV[a + 1]))
  local marked = redis.call('EXISTS', p .. ':killing', p .. ':still') > 0
  local answers, entry, writes, refs = {}, {}, {}, {}
  for n = a + 6, last, 6 do
    if ARGV[n] ~= '' then
      refs[#refs + 1] = ARGV[n]
      refs[#refs + 1] = ARGV[n + 2]
    end
  end
  local known, at = #refs > 0 and redis.call('HMGET', p .. ':claims', unpack(refs)), 0
  for n = a + 5, last, 6 do
    local ref, granted = ARGV[n + 1], false
    if ref ~= '' then
      local mine, next = known[at + 1], known[at + 2]
      at = at + 2
      if next then granted = string.find(next, ARGV[n + 4], 1, true) == 1 else granted = mine and string.find(mine, ARGV[n + 2], 1, true) == 1 end
      if granted and marked then
        local execution = string.match(ref, '^[^/]+')
        granted = redis.call('SISMEMBER', p .. ':killing', execution) == 0 and redis.call('SISMEMBER', p .. ':still', execution) == 0
      end
    end
    entry[#entry + 1] = ARGV[n]
    entry[#entry + 1] = granted and ARGV[n + 5] or '}'
    entry[#entry + 1] = ','
    if granted then
      writes[#writes + 1] = ARGV[n + 3]
      writes[#writes + 1] = ARGV[n + 4] .. untilText
    end
    answers[#answers + 1] = granted and 1 or 0
  end
  if #writes > 0 then redis.call('HSET', p .. ':claims', unpack(writes)) end
  entry[#entry] = ']'
  redis.call('XADD', p .. ':mail', '*', 'm', '[' .. table.concat(entry))
  return answers
end
