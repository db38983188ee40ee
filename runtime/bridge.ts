import type { Fanout } from "../actors/ports/fanout.ts";
import type { Consumer, Delivered, DurableStreams, Message } from "../actors/ports/streams.ts";
import type { Say } from "../actors/ports/telemetry.ts";
import { streamOf, subjectsOf, type TapeEvent } from "../streams/domain/event.ts";

export interface BridgeOptions {
  readonly streams: DurableStreams;
  readonly fanout: Fanout;
  /** The run that is on, and the stream of its tape; null while there is none. */
  readonly current: () => Promise<{ readonly run: string; readonly stream: string } | null>;
  /** The events of an entry of that stream. @throws when its bytes are damaged. */
  readonly unpack: (body: Uint8Array) => readonly TapeEvent[];
  /** An event as one line of JSON. */
  readonly text: (event: TapeEvent) => string;
  /** Subject for whole entries, bytes as they are: for gateways. */
  readonly packs: string;
  /** Key under which the seq of the last entry passed on is kept. */
  readonly bridged: string;
  readonly node: string;
  readonly delay: (ms: number) => Promise<void>;
  /** Machine's clock, epoch ms. */
  readonly now: () => number;
  readonly say: Say;
}

/** What the core decided, by its durable stream. Prices and headlines came from streams of their own. */
const sortOut = (events: readonly TapeEvent[], decided: Map<string, TapeEvent[]>): void => {
  for (const event of events) {
    if (!isDecided(event)) continue;
    const stream = streamOf(event);
    const some = decided.get(stream);
    if (some) some.push(event);
    else decided.set(stream, [event]);
  }
};

/** Not a price nor a headline, which come by the thousand: a trace with each would cost more than it tells. */
const isDecided = ({ type }: TapeEvent): boolean => !type.startsWith("market.") && !type.startsWith("news.");

const traceOf = ({ headers: { traceparent } }: Delivered): Readonly<Record<string, string>> =>
  traceparent === undefined ? {} : { traceparent };

/** A larger entry is announced without its bytes: who wants them asks the core. NATS takes 1 MiB unless told otherwise. */
const PACK_BYTES = 900_000;

/** Entries of a stream of decisions that are kept for whoever looks. */
const KEEP = 10_000;
const TRIM_EVERY_MS = 2_000;

export interface BridgeFigures {
  /** Entries and events passed on in this life. */
  readonly entries: number;
  readonly events: number;
  /** How long the last entry was on its way from the core, ms. */
  readonly lagMs: number;
  /** Entries whose bytes were damaged. */
  readonly setAside: number;
}

/**
 * Passes the tape of the run on: each entry whole to the gateways, each event to its subjects (`market.bar.AAPL`), and what the core
 * decided to its durable stream (`signals:generated`, `orders`, …). In order; an entry is acknowledged when all of that is out, so that a bridge that dies
 * goes on where it was. What was passed on before is known by its seq and left out.
 */
export class Bridge {
  readonly #options: BridgeOptions;
  #stopping = false;
  #consumer: Consumer | null = null;
  #entries = 0;
  #events = 0;
  #lagMs = 0;
  #setAside = 0;
  #last = 0;
  /** Streams of decisions that were written since they were cut last. */
  readonly #grown = new Set<string>();
  #trimAt = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  get figures(): BridgeFigures {
    return { entries: this.#entries, events: this.#events, lagMs: this.#lagMs, setAside: this.#setAside };
  }

  async run(): Promise<void> {
    while (!this.#stopping) {
      const on = await this.#options.current();
      if (on === null) await this.#options.delay(100);
      else await this.#follow(on);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#consumer?.close();
  }

  /** The tape of one run, until another one is on. */
  async #follow(on: { readonly run: string; readonly stream: string }): Promise<void> {
    const { streams, node, bridged, current } = this.#options;
    const [run, seq] = ((await streams.get(bridged)) ?? "").split(" ");
    this.#last = run === on.run ? Number(seq) : 0;
    const consumer = await streams.consume(on.stream, "bridge", node, { claimAfterMs: 2_000, maxDeliveries: 1_000 });
    this.#consumer = consumer;
    while (!this.#stopping) {
      const entries = await consumer.take(64, 500);
      if (entries.length > 0) await this.#pass(on.run, consumer, entries);
      else if ((await current())?.stream !== on.stream) break;
    }
    await consumer.close();
  }

  async #pass(run: string, consumer: Consumer, entries: readonly Delivered[]): Promise<void> {
    const { streams, bridged, now } = this.#options;
    const fresh: { readonly entry: Delivered; readonly events: readonly TapeEvent[] }[] = [];
    const done: string[] = [];
    for (const entry of entries) {
      const isPassed = Number(entry.headers.to) <= this.#last; // before the bridge died
      const events = isPassed ? [] : await this.#open(consumer, entry);
      if (events === null) continue;
      done.push(entry.id);
      if (events.length > 0) fresh.push({ entry, events });
    }
    await this.#publish(fresh);
    const decided = new Map<string, TapeEvent[]>();
    const trace = fresh[0] === undefined ? {} : traceOf(fresh[0].entry);
    for (const { events } of fresh) sortOut(events, decided);
    await Promise.all([...decided].map(([stream, events]) => streams.append(stream, [this.#message(run, events, trace)])));
    const last = fresh.at(-1);
    if (last) {
      this.#last = Number(last.entry.headers.to);
      this.#lagMs = Math.max(0, now() - Number(last.entry.headers.at ?? now()));
      this.#entries += fresh.length;
      for (const { events } of fresh) this.#events += events.length;
      await streams.put(bridged, `${run} ${this.#last}`);
    }
    await consumer.ack(done);
    for (const stream of decided.keys()) this.#grown.add(stream);
    if (now() < this.#trimAt) return;
    this.#trimAt = now() + TRIM_EVERY_MS;
    for (const stream of this.#grown) await streams.trim(stream, { keep: KEEP, unread: true });
    this.#grown.clear();
  }

  /** Null when it was set aside. */
  async #open(consumer: Consumer, entry: Delivered): Promise<readonly TapeEvent[] | null> {
    try {
      const events = this.#options.unpack(entry.body);
      const last = events.at(-1)?.seq;
      if (String(last) !== entry.headers.to)
        throw new Error(`it names ${entry.headers.to} as its last entry, and ends with ${last}`);
      return events;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.say(`an entry of the tape was set aside: ${why}`, {
        event: "entry.set_aside",
        level: "warn",
        stage: "bridge",
        entry: entry.id,
        reason: why,
      });
      this.#setAside += 1;
      await consumer.setAside(entry, why);
      return null;
    }
  }

  /** Until all of it is with the server; what may have been lost on the way is sent again. */
  async #publish(fresh: readonly { readonly entry: Delivered; readonly events: readonly TapeEvent[] }[]): Promise<void> {
    const { fanout, packs, text, delay } = this.#options;
    while (fresh.length > 0) {
      try {
        for (const { entry, events } of fresh) {
          fanout.publish(packs, entry.body.length > PACK_BYTES ? new Uint8Array(0) : entry.body, entry.headers);
          const trace = traceOf(entry);
          for (const event of events) {
            const body = Buffer.from(text(event));
            for (const subject of subjectsOf(event)) fanout.publish(subject, body, isDecided(event) ? trace : undefined);
          }
        }
        return await fanout.flush();
      } catch (error) {
        if (this.#stopping) throw error;
        await delay(100);
      }
    }
  }

  #message(run: string, events: readonly TapeEvent[], trace: Readonly<Record<string, string>>): Message {
    const lines = events.map(this.#options.text).join("\n");
    return {
      headers: { ...trace, run, from: String(events[0]?.seq), to: String(events.at(-1)?.seq), n: String(events.length) },
      body: Buffer.from(lines),
    };
  }
}
