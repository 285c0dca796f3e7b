#!lua flags=allow-oom
-- Grants attempts to a worker, before user code starts (W2), and tells the owner of those that may last in the same step.
-- An open attempt is `<delivery>` in the hash of claims, a claimed one `<delivery>|<worker>|<token>|<until>`.
-- ARGV    worker id, claim in ms, message format, then per attempt: ref, delivery, token, 1 to tell the owner
-- Answers one text per attempt: 'granted', 'closed', 'superseded', 'claimed' or 'killing'.
local function act(p, a, last, now)
  local worker = ARGV[a + 1]
  local untilText = string.format('%.0f', now + tonumber(ARGV[a + 2]))
  local killing = redis.call('EXISTS', p .. ':killing') == 1
  local answers, messages, writes, refs = {}, {}, {}, {}
  for n = a + 4, last, 4 do refs[#refs + 1] = ARGV[n] end
  local known = redis.call('HMGET', p .. ':claims', unpack(refs))
  for i = 1, #refs do
    local n = a + 4 * i
    local ref, delivery, token, value = ARGV[n], ARGV[n + 1], ARGV[n + 2], known[i]
    if not value then
      answers[i] = 'closed'
    elseif killing and redis.call('SISMEMBER', p .. ':killing', string.match(ref, '^[^/]+')) == 1 then
      answers[i] = 'killing'
    else
      local bar = value ~= delivery and string.find(value, '|', 1, true)
      if value == delivery then
        answers[i] = 'granted'
        writes[#writes + 1] = ref
        writes[#writes + 1] = delivery .. '|' .. worker .. '|' .. token .. '|' .. untilText
        if ARGV[n + 3] == '1' then messages[#messages + 1] = { ref, delivery, token } end
      elseif not bar or string.sub(value, 1, bar - 1) ~= delivery then
        answers[i] = 'superseded'
      else
        answers[i] = string.find(value, '|' .. token .. '|', bar, true) and 'granted' or 'claimed'
      end
    end
  end
  if #writes > 0 then redis.call('HSET', p .. ':claims', unpack(writes)) end
  if #messages > 0 then
    for i, message in ipairs(messages) do
      local execution, taskRun, attempt = string.match(message[1], '^([^/]+)/([^/]+)/([^/]+)$')
      messages[i] = '{"v":' .. ARGV[a + 3] .. ',"kind":"taskStarted","executionId":"' .. execution .. '","atMs":' .. string.format('%.0f', now)
        .. ',"taskRunId":"' .. taskRun .. '","attempt":' .. attempt .. ',"delivery":"' .. message[2] .. '","token":"' .. message[3]
        .. '","workerId":"' .. worker .. '"}'
    end
    redis.call('XADD', p .. ':mail', '*', 'm', '[' .. table.concat(messages, ',') .. ']')
  end
  return answers
end
