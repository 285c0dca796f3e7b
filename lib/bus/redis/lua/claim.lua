#!lua flags=allow-oom
-- Grants attempts to a worker, before user code starts (W2), and tells the owner in the same step.
-- An open attempt is `<delivery>` in the hash of claims, a claimed one `<delivery>|<worker>|<token>|<until>`.
-- KEYS[1] the partition's prefix
-- ARGV    worker id, claim in ms, message format, then per attempt: ref, delivery, token, execution id, task run id, attempt
-- Returns one text per attempt: 'granted', 'closed', 'superseded', 'claimed' or 'killing'.
local p = KEYS[1]
local worker = ARGV[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local nowText = string.format('%.0f', now)
local untilText = string.format('%.0f', now + tonumber(ARGV[2]))
local killing = redis.call('EXISTS', p .. ':killing') == 1
local answers, messages, writes = {}, {}, {}
local refs = {}
for n = 4, #ARGV, 6 do refs[#refs + 1] = ARGV[n] end
local known = redis.call('HMGET', p .. ':claims', unpack(refs))
for i = 1, #refs do
  local n = 4 + (i - 1) * 6
  local delivery, token, value = ARGV[n + 1], ARGV[n + 2], known[i]
  if not value then
    answers[i] = 'closed'
  elseif killing and redis.call('SISMEMBER', p .. ':killing', ARGV[n + 3]) == 1 then
    answers[i] = 'killing'
  else
    local bar = string.find(value, '|', 1, true)
    local present = bar and string.sub(value, 1, bar - 1) or value
    if present ~= delivery then
      answers[i] = 'superseded'
    elseif bar then
      answers[i] = string.find(value, '|' .. token .. '|', bar, true) and 'granted' or 'claimed'
    else
      answers[i] = 'granted'
      writes[#writes + 1] = ARGV[n]
      writes[#writes + 1] = delivery .. '|' .. worker .. '|' .. token .. '|' .. untilText
      messages[#messages + 1] = '{"v":' .. ARGV[3] .. ',"kind":"taskStarted","executionId":"' .. ARGV[n + 3] .. '","atMs":' .. nowText
        .. ',"taskRunId":"' .. ARGV[n + 4] .. '","attempt":' .. ARGV[n + 5] .. ',"delivery":"' .. delivery .. '","token":"' .. token
        .. '","workerId":"' .. worker .. '"}'
    end
  end
end
if #writes > 0 then
  redis.call('HSET', p .. ':claims', unpack(writes))
  redis.call('XADD', p .. ':mail', '*', 'm', '[' .. table.concat(messages, ',') .. ']')
end
return answers
