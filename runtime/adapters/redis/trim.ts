import type { TrimBounds } from "../../../actors/ports/streams.ts";
import type { Keys } from "./keys.ts";
import { runScript, script } from "./script.ts";
import type { Server } from "./server.ts";

/** Entries that one step looks at: what it looks at it copies, and the server does nothing else meanwhile. */
const STEP = 128;

/**
 * KEYS: stream. ARGV: entries to keep, ms to keep ('' for any age), entries to look at, '1' to cut what no group reads. Answers how many were cut, and whether more may be.
 * Cut are ids below a bound: of the entries too many or too old, what no group still needs.
 */
const TRIM = script(`
local key, keep, keepMs, step = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', key) == 0 then return {0, 0} end
local function parts(id) local ms, n = string.match(id, '^(%d+)-(%d+)$') return tonumber(ms), tonumber(n) end
local function below(a, b)
  local ams, an = parts(a)
  local bms, bn = parts(b)
  return ams < bms or (ams == bms and an < bn)
end
local needed
for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
  local is = {}
  for i = 1, #group, 2 do is[group[i]] = group[i + 1] end
  local first
  if is['pending'] > 0 then first = redis.call('XPENDING', key, is['name'])[2]
  else
    local ms, n = string.match(is['last-delivered-id'], '^(%d+)-(%d+)$')
    first = ms .. '-' .. string.format('%.0f', tonumber(n) + 1)
  end
  if not needed or below(first, needed) then needed = first end
end
if not needed then
  if ARGV[4] ~= '1' then return {0, 0} end
  needed = '99999999999999-0'
end
local bound, more = '0-0', 0
local excess = redis.call('XLEN', key) - keep
if excess > 0 then
  local seen = redis.call('XRANGE', key, '-', '+', 'COUNT', math.min(excess, step) + 1)
  if #seen > math.min(excess, step) then bound = seen[#seen][1]
  else bound = needed end
  if excess > step then more = 1 end
end
if keepMs then
  local now = redis.call('TIME')
  local oldest = string.format('%.0f', math.max(0, tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) - keepMs)) .. '-0'
  if below(bound, oldest) then bound = oldest end
end
if below(needed, bound) then bound = needed end
local cut = redis.call('XTRIM', key, 'MINID', '=', bound)
if cut == 0 then more = 0 end
return {cut, more}`);

/** Exact: see the port. In steps, so that other commands get in between. */
export const trim = async (server: Server, keys: Keys, stream: string, bounds: TrimBounds): Promise<number> => {
  const keep = Math.max(0, Math.floor(bounds.keep));
  let total = 0;
  for (;;) {
    const [cut, more] = (await server.run((redis) =>
      runScript(redis, TRIM, [keys.stream(stream)], [keep, bounds.keepMs ?? "", STEP, bounds.unread ? "1" : ""]),
    )) as [number, number];
    total += cut;
    if (more === 0) return total;
  }
};
