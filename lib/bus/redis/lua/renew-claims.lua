#!lua flags=allow-oom
-- Renews a worker's claims; takes anew, with the same token, one that a roll-back lost while its attempt is still open.
-- ARGV    worker id, claim in ms, message format, then per attempt: ref, delivery, token, 1 to tell the owner
-- Answers one text per attempt: 'held', 'revoked', 'closed' or 'retaken'.
local function act(p, a, last, now)
  local worker = ARGV[a + 1]
  local untilText = string.format('%.0f', now + tonumber(ARGV[a + 2]))
  local refs, answers = {}, {}
  for n = a + 4, last, 4 do refs[#refs + 1] = ARGV[n] end
  local known = redis.call('HMGET', p .. ':claims', unpack(refs))
  for i = 1, #refs do
    local n = a + 4 * i
    local ref, delivery, token, value = ARGV[n], ARGV[n + 1], ARGV[n + 2], known[i]
    local answer = 'closed'
    if value then
      local execution = string.match(ref, '^[^/]+')
      local held = delivery .. '|' .. worker .. '|' .. token .. '|'
      answer = 'revoked'
      if redis.call('SISMEMBER', p .. ':killing', execution) == 1 then
        answer = 'revoked'
      elseif string.sub(value, 1, #held) == held then
        redis.call('HSET', p .. ':claims', ref, held .. untilText)
        answer = 'held'
      elseif value == delivery then
        redis.call('HSET', p .. ':claims', ref, held .. untilText)
        local taskRun, attempt = string.match(ref, '^[^/]+/([^/]+)/([^/]+)$')
        redis.call('XADD', p .. ':mail', '*', 'm', '[{"v":' .. ARGV[a + 3] .. ',"kind":"taskStarted","executionId":"' .. execution .. '","atMs":'
          .. string.format('%.0f', now) .. ',"taskRunId":"' .. taskRun .. '","attempt":' .. attempt .. ',"delivery":"' .. delivery
          .. '","token":"' .. token .. '","workerId":"' .. worker .. '"}]')
        answer = 'retaken'
      end
    end
    answers[i] = answer
  end
  return answers
end
