#!lua flags=allow-oom
-- One commit of a partition: new state, effects, timers, feed entry and acknowledgement, all or nothing (B1, B2).
-- Checks come first, writes last: Lua does not roll back. The hash `owner` holds the lease, the last commit and the outbox.
-- ARGV    lease value, lease ms, epoch, expected number, commit id, stream id before which the feed is trimmed ('' none),
--         the outbox (refs that may not have been sent, parted by spaces), then sections, each a name of `write`, a count of texts
--         (one at least) and these; that of events (id, event) is the first
-- Answers 'APPLIED', 'DONE', 'FENCED', 'ROLLED_BACK' or 'REFUSED'.
local call = redis.call
local CHUNK = 1000
local function each(command, key, first, last)
  if last - first < CHUNK then return call(command, key, unpack(ARGV, first, last)) end
  for from = first, last, CHUNK do
    call(command, key, unpack(ARGV, from, math.min(from + CHUNK - 1, last)))
  end
end
-- By name: what ARGV[first .. last] means.
local write = {
  -- (entry id)
  applied = function(p, first, last) each('XDEL', p .. ':mail', first, last) end,
  -- id, (field, json)
  set = function(p, first, last) each('HSET', p .. ':d:' .. ARGV[first], first + 1, last) end,
  new = function(p, first, last)
    call('SADD', p .. ':docs', ARGV[first])
    each('HSET', p .. ':d:' .. ARGV[first], first + 1, last)
  end,
  -- id, (field)
  unset = function(p, first, last) each('HDEL', p .. ':d:' .. ARGV[first], first + 1, last) end,
  -- id
  drop = function(p, first)
    call('UNLINK', p .. ':d:' .. ARGV[first])
    call('SREM', p .. ':docs', ARGV[first])
  end,
  -- (ref, delivery), (ref)
  opened = function(p, first, last) each('HSET', p .. ':claims', first, last) end,
  closed = function(p, first, last) each('HDEL', p .. ':claims', first, last) end,
  -- (id, tombstone), (id)
  ended = function(p, first, last) each('HSET', p .. ':ended', first, last) end,
  forgotten = function(p, first, last) each('HDEL', p .. ':ended', first, last) end,
  -- (due, name), (name)
  timers = function(p, first, last) each('ZADD', p .. ':timers', first, last) end,
  timersDropped = function(p, first, last) each('ZREM', p .. ':timers', first, last) end,
  -- (hash). A start that waits in the mailbox may name a definition that no live execution uses: it goes when nothing waits.
  definitionsDropped = function(p, first, last)
    if call('XLEN', p .. ':mail') == 0 then each('HDEL', p .. ':defs', first, last) end
  end,
  -- (id)
  killed = function(p, first, last) each('SREM', p .. ':killing', first, last) end,
  -- (id), (id)
  still = function(p, first, last) each('SADD', p .. ':still', first, last) end,
  stirred = function(p, first, last) each('SREM', p .. ':still', first, last) end,
  -- (json)
  dead = function(p, first, last)
    each('LPUSH', p .. ':dead', first, last)
    call('LTRIM', p .. ':dead', 0, 9999)
  end,
  -- (entry id)
  triesDropped = function(p, first, last) each('HDEL', p .. ':tries', first, last) end,
  -- (name, json), (name)
  letters = function(p, first, last) each('HSET', p .. ':letters', first, last) end,
  lettersDropped = function(p, first, last) each('HDEL', p .. ':letters', first, last) end,
}
-- What is left of a count when its groups are taken out: another one would be refused by Redis in the middle of the writes.
local PAIRS = { events = 0, opened = 0, ended = 0, timers = 0, letters = 0, set = 1, new = 1 }

local function sound(a, last)
  local next = a + 8
  while next <= last do
    local name, count = ARGV[next], tonumber(ARGV[next + 1])
    local odd = PAIRS[name]
    if not count or count < 1 or not (write[name] or (name == 'events' and next == a + 8)) or (odd and count % 2 ~= odd) then return false end
    if (name == 'set' or name == 'new' or name == 'unset') and count < 2 then return false end
    if name == 'timers' then
      for n = next + 2, next + 1 + count, 2 do
        local due = tonumber(ARGV[n])
        if not due or due ~= due then return false end
      end
    end
    next = next + 2 + count
  end
  return next == last + 1
end

local function act(p, a, last, now)
  local known = call('HMGET', p .. ':owner', 'value', 'until', 'id', 'number')
  local untilMs = tonumber(known[2] or '0')
  if known[1] ~= ARGV[a + 1] or now >= untilMs or untilMs > now + tonumber(ARGV[a + 2]) then return 'FENCED' end
  if known[3] == ARGV[a + 5] then return 'DONE' end
  if (known[4] or '0') ~= ARGV[a + 4] then return 'ROLLED_BACK' end
  if not sound(a, last) then return 'REFUSED' end

  local number = string.format('%.0f', tonumber(ARGV[a + 4]) + 1)
  local next = a + 8
  -- First, since Redis may refuse it.
  if ARGV[next] == 'events' then
    local behind = next + 2 + tonumber(ARGV[next + 1])
    local added = redis.pcall('XADD', p .. ':feed', ARGV[a + 3] .. '-' .. number, unpack(ARGV, next + 2, behind - 1))
    if type(added) == 'table' and added.err then return 'REFUSED' end
    next = behind
  end
  call('HSET', p .. ':owner', 'id', ARGV[a + 5], 'number', number, 'outbox', ARGV[a + 7])
  while next <= last do
    local behind = next + 2 + tonumber(ARGV[next + 1])
    write[ARGV[next]](p, next + 2, behind - 1)
    next = behind
  end
  if ARGV[a + 6] ~= '' then call('XTRIM', p .. ':feed', 'MINID', '~', ARGV[a + 6]) end
  return 'APPLIED'
end
