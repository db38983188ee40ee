import type { StreamDeadLetter } from "../../../actors/ports/streams.ts";
import { type Field, letterFields, parseLetter, type RawEntry } from "./entry.ts";
import type { Keys } from "./keys.ts";
import { runScript, script } from "./script.ts";
import type { Server } from "./server.ts";

/**
 * KEYS: stream, dead letters. ARGV: group, id, then the fields of the letter. Written before it is acknowledged: either may be refused.
 * What is not open any more was set aside by a call whose answer was lost, unless no such letter is among the newest: then the server lost it.
 */
const SET_ASIDE = script(`
local group, id = ARGV[1], ARGV[2]
local known = redis.pcall('XPENDING', KEYS[1], group, id, id, 1)
if known.err or #known == 0 then
  for _, letter in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 64)) do
    if letter[2][4] == id and letter[2][6] == group then return 0 end
  end
end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 3))
if not known.err then redis.call('XACK', KEYS[1], group, id) end
return 1`);

/** KEYS: stream, dead letters. ARGV: id of the letter. Its own fields, as they were, go to the end of the stream. */
const RETRY = script(`
local letter = redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1])[1]
if not letter then return 0 end
redis.call('XADD', KEYS[1], '*', unpack(letter[2], 7))
redis.call('XDEL', KEYS[2], ARGV[1])
return 1`);

export class DeadLetters {
  readonly #server: Server;
  readonly #keys: Keys;

  constructor(server: Server, keys: Keys) {
    this.#server = server;
    this.#keys = keys;
  }

  /** @param fields of the entry, as they are. */
  async setAside(stream: string, group: string, id: string, fields: readonly Field[], reason: string): Promise<void> {
    const letter = letterFields(reason, id, group, fields);
    await this.#server.run((redis) => runScript(redis, SET_ASIDE, this.#where(stream), [group, id, ...letter]));
  }

  async list(stream: string, max: number): Promise<readonly StreamDeadLetter[]> {
    if (max < 1) return [];
    const raw = await this.#server.run((redis) => redis.xrangeBuffer(this.#keys.dead(stream), "-", "+", "COUNT", max));
    return (raw as unknown as RawEntry[]).map(parseLetter);
  }

  async retry(stream: string, id: string): Promise<boolean> {
    if (!/^\d+-\d+$/.test(id)) return false;
    return (await this.#server.run((redis) => runScript(redis, RETRY, this.#where(stream), [id]))) === 1;
  }

  #where(stream: string): string[] {
    return [this.#keys.stream(stream), this.#keys.dead(stream)];
  }
}
