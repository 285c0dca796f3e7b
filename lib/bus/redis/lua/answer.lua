#!lua flags=allow-oom
-- The gate of answers: ends of attempts in one entry, and the claims of what their worker goes on with (W3).
-- ARGV    claim in ms, oldest time, newest time, life (all ms), then per answer: message (JSON), and where the worker wants to go on
--         the ref and the claim that it holds, `<delivery>|<worker>|<token>|`, and both of what is next; else four empty texts
-- Answers 0 when it was refused for its time, else one per answer: 1 where the worker may go on.
local function act(p, a, last, now)
  local life = tonumber(ARGV[a + 4])
  if now - tonumber(ARGV[a + 2]) > life or tonumber(ARGV[a + 3]) - now > life then return 0 end
  local untilText = string.format('%.0f', now + tonumber(ARGV[a + 1]))
  local killing, still = redis.call('EXISTS', p .. ':killing') == 1, redis.call('EXISTS', p .. ':still') == 1
  local answers, messages, writes, refs = {}, {}, {}, {}
  for n = a + 5, last, 5 do
    if ARGV[n + 1] ~= '' then
      refs[#refs + 1] = ARGV[n + 1]
      refs[#refs + 1] = ARGV[n + 3]
    end
  end
  local known, at = #refs > 0 and redis.call('HMGET', p .. ':claims', unpack(refs)), 0
  for n = a + 5, last, 5 do
    local message, ref, held, nextRef, nextHeld = ARGV[n], ARGV[n + 1], ARGV[n + 2], ARGV[n + 3], ARGV[n + 4]
    local granted = false
    if ref ~= '' then
      local mine, theirs = known[at + 1], known[at + 2]
      at = at + 2
      if theirs then granted = string.sub(theirs, 1, #nextHeld) == nextHeld else granted = mine and string.sub(mine, 1, #held) == held end
      if granted and (killing or still) then
        local execution = string.match(ref, '^[^/]+')
        granted = redis.call('SISMEMBER', p .. ':killing', execution) == 0 and redis.call('SISMEMBER', p .. ':still', execution) == 0
      end
    end
    if granted then
      writes[#writes + 1] = nextRef
      writes[#writes + 1] = nextHeld .. untilText
      local delivery, token = string.match(nextHeld, '^([^|]*)|[^|]*|([^|]*)|$')
      message = string.sub(message, 1, -2) .. ',"next":{"taskRunId":"' .. string.match(nextRef, '/([^/]+)/') .. '","delivery":"' .. delivery
        .. '","token":"' .. token .. '","atMs":' .. string.format('%.0f', now) .. '}}'
    end
    messages[#messages + 1] = message
    answers[#answers + 1] = granted and 1 or 0
  end
  if #writes > 0 then redis.call('HSET', p .. ':claims', unpack(writes)) end
  redis.call('XADD', p .. ':mail', '*', 'm', '[' .. table.concat(messages, ',') .. ']')
  return answers
end
