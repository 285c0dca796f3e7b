#!lua flags=allow-oom
-- Gives claims back before user code ran: the attempt is open again, and the owner is asked to hand it out anew.
-- KEYS[1] the partition's prefix
-- ARGV    worker id, message format, then per attempt: ref, delivery, token, execution id, task run id, attempt
-- Returns how many were given back.
local p = KEYS[1]
local time = redis.call('TIME')
local nowText = string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local messages = {}
for n = 3, #ARGV, 6 do
  local held = ARGV[n + 1] .. '|' .. ARGV[1] .. '|' .. ARGV[n + 2] .. '|'
  local value = redis.call('HGET', p .. ':claims', ARGV[n])
  if value and string.sub(value, 1, #held) == held then
    redis.call('HSET', p .. ':claims', ARGV[n], ARGV[n + 1])
    messages[#messages + 1] = '{"v":' .. ARGV[2] .. ',"kind":"reoffer","executionId":"' .. ARGV[n + 3] .. '","atMs":' .. nowText
      .. ',"taskRunId":"' .. ARGV[n + 4] .. '","attempt":' .. ARGV[n + 5] .. ',"delivery":"' .. ARGV[n + 1] .. '"}'
  end
end
if #messages > 0 then redis.call('XADD', p .. ':mail', '*', 'm', '[' .. table.concat(messages, ',') .. ']') end
return #messages
