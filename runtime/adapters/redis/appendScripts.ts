import { script } from "./script.ts";

/**
 * KEYS: stream. ARGV: for each message the number of its arguments, then they. Answers the ids.
 * All of them or, when the server has no room, none: it looks at its memory before the first write of a script.
 */
export const APPEND = script(`
local ids, at = {}, 1
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  ids[#ids + 1] = redis.call('XADD', KEYS[1], '*', unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
return ids`);

/**
 * KEYS: epoch, tail, stream. ARGV: epoch, after, to, body of the last message, then as APPEND.
 * Answers {'ok', ids}, {'fenced', newest epoch} or {'stale', tail}.
 * What was written already under this epoch between the same two seqs, and is still the last, answers the ids it had.
 */
export const APPEND_FENCED = script(`
local newest = redis.call('GET', KEYS[1])
if newest and tonumber(newest) > tonumber(ARGV[1]) then return {'fenced', newest} end
local last = redis.call('HMGET', KEYS[2], 'seq', 'epoch', 'after', 'ids')
local tail = last[1] or '0'
if tail == ARGV[3] and last[2] == ARGV[1] and last[3] == ARGV[2] then
  local ids = cjson.decode(last[4])
  local entry = redis.call('XRANGE', KEYS[3], ids[#ids], ids[#ids])[1]
  if not entry or entry[2][2] == ARGV[4] then return {'ok', ids} end
end
if tail ~= ARGV[2] then return {'stale', tail} end
if newest ~= ARGV[1] then redis.call('SET', KEYS[1], ARGV[1]) end
local ids, at = {}, 5
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  ids[#ids + 1] = redis.call('XADD', KEYS[3], '*', unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
redis.call('HSET', KEYS[2], 'seq', ARGV[3], 'epoch', ARGV[1], 'after', ARGV[2], 'ids', cjson.encode(ids))
return {'ok', ids}`);

/** KEYS: epoch. ARGV: epoch. Answers the newest epoch. */
export const TAKE_FENCE = script(`
local newest = redis.call('GET', KEYS[1])
if newest and tonumber(newest) >= tonumber(ARGV[1]) then return newest end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]`);
