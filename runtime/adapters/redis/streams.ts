import { setTimeout as delay } from "node:timers/promises";
import type {
  Consumer,
  DurableStreams,
  Fence,
  GroupOptions,
  Message,
  ServerState,
  StreamDeadLetter,
  StreamEntry,
  StreamFigures,
  TrimBounds,
} from "../../../actors/ports/streams.ts";
import { AppendQueue } from "./appendQueue.ts";
import { RedisConsumer } from "./consumer.ts";
import { DeadLetters } from "./deadLetters.ts";
import { parseAny, type RawEntry } from "./entry.ts";
import { checkFence, tailOf, takeFence } from "./fence.ts";
import { figuresOf } from "./figures.ts";
import { makeGroup } from "./group.ts";
import { type Keys, keysUnder } from "./keys.ts";
import { Server, type Trouble } from "./server.ts";
import { trim } from "./trim.ts";

export interface RedisStreamsOptions {
  /** `redis://[user:password@]host:port[/db]`, `rediss://` for TLS. */
  readonly url: string;
  /** Before every key, with a colon; "" for none. */
  readonly prefix: string;
  /** Shown by CLIENT LIST. Default "tapedeck". */
  readonly name?: string;
  /** An answer that does not come for so long makes the connection count as lost, ms. Default 10_000. */
  readonly timeoutMs?: number;
  /** Unconfirmed bytes past which `room` is waited for. Default 64 MiB. */
  readonly bufferBytes?: number;
  /** In [0, 1), for the waits between attempts. */
  readonly random?: () => number;
  /** Told of every failed attempt. Must not throw. */
  readonly onTrouble?: (trouble: Trouble) => void;
}

/** What `close` gives the server to take the rest. */
const CLOSE_MS = 5_000;
/** For refusals to reach those who wait. */
const LAST_WORDS_MS = 200;

/** Streams on a Redis 7 server. Returns at once: what is asked waits for the connection. */
export const redisStreams = (options: RedisStreamsOptions): DurableStreams => new RedisStreams(options);

class RedisStreams implements DurableStreams {
  readonly #server: Server;
  readonly #keys: Keys;
  readonly #queue: AppendQueue;
  readonly #letters: DeadLetters;
  readonly #consumers = new Set<RedisConsumer>();

  constructor(options: RedisStreamsOptions) {
    this.#server = new Server({
      url: options.url,
      name: options.name ?? "tapedeck",
      timeoutMs: options.timeoutMs ?? 10_000,
      random: options.random ?? Math.random,
      onTrouble: options.onTrouble ?? (() => undefined),
    });
    this.#keys = keysUnder(options.prefix);
    this.#queue = new AppendQueue(this.#server, this.#keys, options.bufferBytes ?? 64 << 20);
    this.#letters = new DeadLetters(this.#server, this.#keys);
  }

  append(stream: string, messages: readonly Message[]): Promise<readonly string[]> {
    return messages.length === 0 ? Promise.resolve([]) : this.#queue.add(stream, messages, null);
  }

  async appendFenced(stream: string, fence: Fence, message: Message): Promise<string> {
    checkFence(fence);
    return (await this.#queue.add(stream, [message], fence))[0] ?? "";
  }

  takeFence(name: string, epoch: number): Promise<void> {
    return takeFence(this.#server, this.#keys, name, epoch);
  }

  tailOf(stream: string, fenceName: string): Promise<number> {
    return tailOf(this.#server, this.#keys, stream, fenceName);
  }

  async read(stream: string, after: string, max: number): Promise<readonly StreamEntry[]> {
    if (max < 1) return [];
    const key = this.#keys.stream(stream);
    const raw = await this.#server.run((redis) => redis.xrangeBuffer(key, `(${after}`, "+", "COUNT", max));
    return (raw as unknown as RawEntry[]).map(parseAny);
  }

  async last(stream: string): Promise<StreamEntry | null> {
    const key = this.#keys.stream(stream);
    const raw = await this.#server.run((redis) => redis.xrevrangeBuffer(key, "+", "-", "COUNT", 1));
    const [newest] = raw as unknown as RawEntry[];
    return newest ? parseAny(newest) : null;
  }

  length(stream: string): Promise<number> {
    return this.#server.run((redis) => redis.xlen(this.#keys.stream(stream)));
  }

  async consume(stream: string, group: string, consumer: string, options: GroupOptions = {}): Promise<Consumer> {
    const member = { key: this.#keys.stream(stream), group, name: consumer };
    await this.#server.run((redis) => makeGroup(redis, member, options.from ?? "start"));
    const server = this.#server;
    const link = server.link(`${group}:${consumer}`, {
      onLost: (why, retryInMs) => server.options.onTrouble({ kind: "lost", why, retryInMs }),
    });
    const made = new RedisConsumer({ server, link, letters: this.#letters, stream, member, options });
    this.#consumers.add(made);
    if (server.isClosed) await made.close();
    await link.ready();
    return made;
  }

  async dropGroup(stream: string, group: string): Promise<void> {
    const key = this.#keys.stream(stream);
    await this.#server.run(async (redis) => {
      if ((await redis.exists(key)) === 1) await redis.xgroup("DESTROY", key, group);
    });
  }

  trim(stream: string, bounds: TrimBounds): Promise<number> {
    return trim(this.#server, this.#keys, stream, bounds);
  }

  deadLetters(stream: string, max: number): Promise<readonly StreamDeadLetter[]> {
    return this.#letters.list(stream, max);
  }

  retry(stream: string, deadLetterId: string): Promise<boolean> {
    return this.#letters.retry(stream, deadLetterId);
  }

  figures(streams: readonly string[]): Promise<readonly StreamFigures[]> {
    return this.#server.run((redis) => Promise.all(streams.map((stream) => figuresOf(redis, this.#keys, stream))));
  }

  async put(key: string, value: string): Promise<void> {
    await this.#server.run((redis) => redis.set(this.#keys.value(key), value));
  }

  get(key: string): Promise<string | null> {
    return this.#server.run((redis) => redis.get(this.#keys.value(key)));
  }

  get state(): ServerState {
    return this.#server.state;
  }

  onState(listener: (state: ServerState, why: string) => void): () => void {
    return this.#server.onState(listener);
  }

  get buffered(): number {
    return this.#queue.bytes;
  }

  room(): Promise<void> {
    return this.#queue.room();
  }

  async close(waitMs = CLOSE_MS): Promise<void> {
    const settled = Promise.all([this.#queue.drained(), ...[...this.#consumers].map((consumer) => consumer.drained())]);
    await within(settled, waitMs);
    this.#queue.close();
    this.#server.close();
    await within(
      Promise.all([this.#queue.drained(), ...[...this.#consumers].map((consumer) => consumer.close())]),
      LAST_WORDS_MS,
    );
  }
}

/** Never fails and never takes longer. */
const within = async (done: Promise<unknown>, ms: number): Promise<void> => {
  const patience = new AbortController();
  await Promise.race([done, delay(ms, undefined, { signal: patience.signal })]).catch(() => undefined);
  patience.abort();
};
