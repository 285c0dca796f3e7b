#!lua flags=no-writes
-- The clock of the server that has the key.
-- KEYS[1] a key of that server
-- Returns seconds and microseconds.
return redis.call('TIME')
