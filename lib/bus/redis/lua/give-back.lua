#!lua flags=allow-oom
-- Gives claims back before user code ran: the attempt is open again, and the owner is asked to hand it out anew.
-- ARGV    worker id, claim in ms (not used), message format, then per attempt: ref, delivery, token, 1 to tell the owner (not used)
-- Answers how many were given back.
local function act(p, a, last, now)
  local nowText = string.format('%.0f', now)
  local messages = {}
  for n = a + 4, last, 4 do
    local ref, delivery = ARGV[n], ARGV[n + 1]
    local held = delivery .. '|' .. ARGV[a + 1] .. '|' .. ARGV[n + 2] .. '|'
    local value = redis.call('HGET', p .. ':claims', ref)
    if value and string.sub(value, 1, #held) == held then
      redis.call('HSET', p .. ':claims', ref, delivery)
      local execution, taskRun, attempt = string.match(ref, '^([^/]+)/([^/]+)/([^/]+)$')
      messages[#messages + 1] = '{"v":' .. ARGV[a + 3] .. ',"kind":"reoffer","executionId":"' .. execution .. '","atMs":' .. nowText
        .. ',"taskRunId":"' .. taskRun .. '","attempt":' .. attempt .. ',"delivery":"' .. delivery .. '"}'
    end
  end
  if #messages > 0 then redis.call('XADD', p .. ':mail', '*', 'm', '[' .. table.concat(messages, ',') .. ']') end
  return #messages
end
