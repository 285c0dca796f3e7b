#!lua flags=allow-oom
-- One commit of a partition: new state, effects, timers, feed entry and acknowledgement, all or nothing (B1, B2).
-- Checks come first, writes last: Lua does not roll back. The hash `owner` holds the lease, the last commit and the outbox.
-- ARGV    lease value, lease ms, epoch, expected number, commit id, stream id before which the feed is trimmed ('' none),
--         the outbox (refs that may not have been sent, parted by spaces), then sections, each a count and that many groups:
--         applied (entry id) · documents (id, kind: n new, s set, d drop; count of texts, field/json …; count, removed field …) ·
--         opened (ref, delivery) · closed (ref) · tombstones (id, json) · tombstones dropped (id) · timers (due, name) ·
--         timers dropped (name) · events (id, json) · definitions dropped (hash) · killed (id) · dead letters (json) ·
--         tries dropped (entry id) · letters (name, json) · letters dropped (name)
-- Answers 'APPLIED', 'DONE', 'FENCED', 'ROLLED_BACK' or 'REFUSED'.
local call = redis.call
local CHUNK = 1000
local next
-- The section at `next`: where its groups begin and how many arguments they are; moves on.
local function section(width)
  local count = tonumber(ARGV[next]) * width
  local first = next + 1
  next = first + count
  return first, count
end
local function each(command, key, first, count)
  if count == 0 then return end
  if count <= CHUNK then
    call(command, key, unpack(ARGV, first, first + count - 1))
    return
  end
  local stop = first + count - 1
  for from = first, stop, CHUNK do
    call(command, key, unpack(ARGV, from, math.min(from + CHUNK - 1, stop)))
  end
end

local function act(p, a, last, now)
  local known = call('HMGET', p .. ':owner', 'value', 'until', 'id', 'number')
  local untilMs = tonumber(known[2] or '0')
  if known[1] ~= ARGV[a + 1] or now >= untilMs or untilMs > now + tonumber(ARGV[a + 2]) then return 'FENCED' end
  if known[3] == ARGV[a + 5] then return 'DONE' end
  if (known[4] or '0') ~= ARGV[a + 4] then return 'ROLLED_BACK' end

  next = a + 8
  local applied, appliedCount = section(1)
  local documents = tonumber(ARGV[next])
  next = next + 1
  local at = next
  for _ = 1, documents do
    next = next + 3 + tonumber(ARGV[next + 2])
    next = next + 1 + tonumber(ARGV[next])
  end
  local opened, openedCount = section(2)
  local closed, closedCount = section(1)
  local tombs, tombsCount = section(2)
  local tombsDropped, tombsDroppedCount = section(1)
  local timers, timersCount = section(2)
  local timersDropped, timersDroppedCount = section(1)
  local events, eventsCount = section(2)
  local definitions, definitionsCount = section(1)
  local killed, killedCount = section(1)
  local dead, deadCount = section(1)
  local tries, triesCount = section(1)
  local letters, lettersCount = section(2)
  local lettersDropped, lettersDroppedCount = section(1)
  if next ~= last + 1 then return 'REFUSED' end
  for n = timers, timers + timersCount - 1, 2 do
    local due = tonumber(ARGV[n])
    if not due or due ~= due then return 'REFUSED' end
  end

  local number = string.format('%.0f', tonumber(ARGV[a + 4]) + 1)
  if eventsCount > 0 then
    local added = redis.pcall('XADD', p .. ':feed', ARGV[a + 3] .. '-' .. number, unpack(ARGV, events, events + eventsCount - 1))
    if type(added) == 'table' and added.err then return 'REFUSED' end
  end
  call('HSET', p .. ':owner', 'id', ARGV[a + 5], 'number', number, 'outbox', ARGV[a + 7])
  each('XDEL', p .. ':mail', applied, appliedCount)
  for _ = 1, documents do
    local id, kind, texts = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
    local key = p .. ':d:' .. id
    if kind == 'd' then
      call('UNLINK', key)
      call('SREM', p .. ':docs', id)
    else
      if kind == 'n' then call('SADD', p .. ':docs', id) end
      each('HSET', key, at + 3, texts)
    end
    at = at + 3 + texts
    local removed = tonumber(ARGV[at])
    each('HDEL', key, at + 1, removed)
    at = at + 1 + removed
  end
  each('HSET', p .. ':claims', opened, openedCount)
  each('HDEL', p .. ':claims', closed, closedCount)
  each('HSET', p .. ':ended', tombs, tombsCount)
  each('HDEL', p .. ':ended', tombsDropped, tombsDroppedCount)
  each('ZADD', p .. ':timers', timers, timersCount)
  each('ZREM', p .. ':timers', timersDropped, timersDroppedCount)
  each('SREM', p .. ':killing', killed, killedCount)
  each('LPUSH', p .. ':dead', dead, deadCount)
  if deadCount > 0 then call('LTRIM', p .. ':dead', 0, 9999) end
  each('HDEL', p .. ':tries', tries, triesCount)
  each('HSET', p .. ':letters', letters, lettersCount)
  each('HDEL', p .. ':letters', lettersDropped, lettersDroppedCount)
  -- A start that waits in the mailbox may name a definition that no live execution uses: it goes when nothing waits.
  if definitionsCount > 0 and call('XLEN', p .. ':mail') == 0 then each('HDEL', p .. ':defs', definitions, definitionsCount) end
  if ARGV[a + 6] ~= '' then call('XTRIM', p .. ':feed', 'MINID', '~', ARGV[a + 6]) end
  return 'APPLIED'
end
