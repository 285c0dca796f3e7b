#!lua flags=no-writes
-- Lines of one execution in the stream of its partition. What others have said and measured there, most of it as a rule, stays here.
-- KEYS[1] the stream
-- ARGV    the id behind which it looks, execution id
-- Returns the id up to which it has looked ('' where that is the end), then the lines of each batch as JSON.
local AT_ONCE, LOOKED_BYTES_MAX, LOOKED_MAX = 20, 1048576, 1000
local since, bytes, looked, answer = ARGV[1], 0, 0, { '' }
repeat
  local entries = redis.call('XRANGE', KEYS[1], '(' .. since, '+', 'COUNT', AT_ONCE)
  for _, entry in ipairs(entries) do
    local fields = entry[2]
    since = entry[1]
    bytes = bytes + #fields[#fields]
    if fields[1] == 'e' and fields[2] == ARGV[2] then answer[#answer + 1] = fields[4] end
  end
  looked = looked + #entries
  if #entries < AT_ONCE then return answer end
until bytes > LOOKED_BYTES_MAX or looked >= LOOKED_MAX
answer[1] = since
return answer
