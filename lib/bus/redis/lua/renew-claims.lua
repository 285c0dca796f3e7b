#!lua flags=allow-oom
-- Renews a worker's claims; takes anew, with the same token, one that a roll-back lost while its attempt is still open.
-- KEYS[1] the partition's prefix
-- ARGV    worker id, claim in ms, message format, then per attempt: ref, delivery, token, execution id, task run id, attempt
-- Returns one text per attempt: 'held', 'revoked', 'closed' or 'retaken'.
local p = KEYS[1]
local worker = ARGV[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local nowText = string.format('%.0f', now)
local untilText = string.format('%.0f', now + tonumber(ARGV[2]))
local answers = {}
for n = 4, #ARGV, 6 do
  local ref, delivery, token, execution = ARGV[n], ARGV[n + 1], ARGV[n + 2], ARGV[n + 3]
  local value = redis.call('HGET', p .. ':claims', ref)
  local held = delivery .. '|' .. worker .. '|' .. token .. '|'
  local answer = 'revoked'
  if not value then
    -- A closed attempt of an execution that goes on was applied; killing says that the worker must look.
    answer = 'closed'
  elseif redis.call('SISMEMBER', p .. ':killing', execution) == 1 then
    answer = 'revoked'
  elseif string.sub(value, 1, #held) == held then
    redis.call('HSET', p .. ':claims', ref, held .. untilText)
    answer = 'held'
  elseif value == delivery then
    redis.call('HSET', p .. ':claims', ref, held .. untilText)
    redis.call('XADD', p .. ':mail', '*', 'm', '[{"v":' .. ARGV[3] .. ',"kind":"taskStarted","executionId":"' .. execution .. '","atMs":'
      .. nowText .. ',"taskRunId":"' .. ARGV[n + 4] .. '","attempt":' .. ARGV[n + 5] .. ',"delivery":"' .. delivery .. '","token":"'
      .. token .. '","workerId":"' .. worker .. '"}]')
    answer = 'retaken'
  end
  answers[#answers + 1] = answer
end
return answers
