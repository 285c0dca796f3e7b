-- Appended to scripts that are asked for several partitions in one call: each defines act(p, a, last, now), with p the prefix of the
-- partition, ARGV[a + 1 .. last] its arguments and now the time in ms. What fails for one partition fails for that one alone.
-- KEYS    the prefixes of the partitions
-- ARGV    per partition: how many arguments, the arguments
-- Returns one answer per partition.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answers, from = {}, 1
for n = 1, #KEYS do
  local last = from + tonumber(ARGV[from])
  local ok, answer = pcall(act, KEYS[n], from, last, now)
  if not ok and type(answer) ~= 'table' then answer = redis.error_reply(tostring(answer)) end
  answers[n] = answer
  from = last + 1
end
return answers
