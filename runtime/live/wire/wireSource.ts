import type { Consumer, Delivered, DurableStreams } from "../../../actors/ports/streams.ts";
import type { Say } from "../../../actors/ports/telemetry.ts";
import type { InputEvent } from "../../../streams/domain/event.ts";
import type { Ms } from "../../../streams/domain/units.ts";
import type { Source } from "../source.ts";
import { Chain, inOrder } from "./chain.ts";
import { decodeChunk, isUnreadable, labelOf, type Placed } from "./chunk.ts";
import { Moods, type ScoredElsewhere } from "./moods.ts";
import { KEYS, MARKET, NEWS_RAW, NEWS_SCORED } from "./names.ts";
import { type PlayOrder, playOf, type SourceAbout, writePlay } from "./playOrders.ts";

/** Inputs of one stream held in memory before its reader waits. */
const HELD = 50_000;
/** Headlines unscored for so long are scored here, machine ms. */
const PATIENCE_MS = 5_000;
/** All cores read as this one: what one leaves unacknowledged, the next one finds. */
const GROUP = "core";
const STREAMS: readonly string[] = [...MARKET.all, NEWS_RAW, NEWS_SCORED];

export interface WireSourceOptions {
  readonly streams: DurableStreams;
  readonly about: SourceAbout;
  readonly order: PlayOrder;
  readonly node: string;
  readonly scorer: ScoredElsewhere;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  /** Whether the inputs are still for this process: one that was paused and wakes up late must not take what is another's. Default: always. */
  readonly held?: () => boolean;
  /** Something came: who waits may look. */
  readonly arrived: () => void;
  readonly say: Say;
  /** The streams broke in a way that waiting does not mend. */
  readonly failed: (error: unknown) => void;
}

interface Open {
  readonly consumer: Consumer;
  readonly id: string;
  readonly through: number;
  readonly end: boolean;
}

/**
 * Inputs out of the streams, in the order of the source: market and news are merged by moment, and a moment is given out once every
 * stream has come past it. An entry is acknowledged when what it led to is on the tape (`settled`).
 */
export class WireSource implements Source {
  readonly playable = true;
  readonly kind: SourceAbout["kind"];
  readonly name: string;
  readonly from: Ms | null;
  readonly to: Ms | null;
  readonly historyUntil: number;
  readonly #options: WireSourceOptions;
  #order: PlayOrder;
  #market: Chain;
  #news: Chain;
  #moods: Moods;
  /** Every input seen up to here was given out. */
  #released: number;
  readonly #open = new Map<string, Open>();
  readonly #consumers: Consumer[] = [];
  #unscoredSince: number | null = null;
  #stopping = false;
  #setAside = 0;
  #unsubscribe: () => void;

  constructor(options: WireSourceOptions) {
    this.#options = options;
    const { about, order } = options;
    this.kind = about.kind;
    this.name = about.name;
    this.from = about.from as Ms | null;
    this.to = about.to as Ms | null;
    this.historyUntil = about.historyUntil;
    this.#order = order;
    this.#released = order.after;
    this.#market = new Chain(MARKET.lead, order.after);
    this.#news = new Chain(NEWS_RAW, order.after);
    this.#moods = new Moods(order.after);
    this.#unsubscribe = options.streams.onState((state) => {
      if (state === "ready") void this.#recover().catch(() => undefined); // when it is lost again, it is tried again
    });
  }

  /** Tells the producers what is wanted, and begins to read. */
  async start(): Promise<void> {
    await this.#options.streams.put(KEYS.done, String(this.#order.after)); // an earlier run may have been further
    await this.#tell();
    for (const stream of STREAMS) {
      const consumer = await this.#options.streams.consume(stream, GROUP, this.#options.node, {
        claimAfterMs: 2_000,
        maxDeliveries: Number.MAX_SAFE_INTEGER, // how long an entry waits here says nothing about it
      });
      this.#consumers.push(consumer);
      void this.#read(stream, consumer).catch((error: unknown) => {
        if (!this.#stopping) this.#options.failed(error);
      });
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unsubscribe();
    await Promise.all(this.#consumers.map((c) => c.close()));
  }

  /** Every input seen up to here was given out. */
  get released(): number {
    return this.#released;
  }

  /** Entries that could not be read. */
  get setAside(): number {
    return this.#setAside;
  }

  get ended(): boolean {
    return this.#market.ended && this.#news.ended && this.#market.next === null && this.#news.next === null;
  }

  /** What the source waits for, for people; null when it has what it needs. */
  get waitingFor(): string | null {
    if (this.#market.through <= this.#order.after && !this.#market.ended)
      return "prices: is a process with the role feed running?";
    if (this.#news.through <= this.#order.after && !this.#news.ended)
      return "headlines: is a process with the role news running?";
    return null;
  }

  next(): readonly InputEvent[] | null {
    const horizon = Math.min(
      this.#market.ended ? Number.POSITIVE_INFINITY : this.#market.through,
      this.#news.ended ? Number.POSITIVE_INFINITY : this.#news.through,
    );
    const at = Math.min(
      this.#market.next?.event.tSeen ?? Number.POSITIVE_INFINITY,
      this.#news.next?.event.tSeen ?? Number.POSITIVE_INFINITY,
    );
    if (at > horizon || at === Number.POSITIVE_INFINITY) {
      if (Number.isFinite(horizon)) this.#released = Math.max(this.#released, horizon);
      return null;
    }
    if (this.#news.next?.event.tSeen === at && !this.#isScored(at)) return null;
    const moment: Placed[] = [];
    this.#market.takeMoment(at, moment);
    const prices = moment.length;
    this.#news.takeMoment(at, moment);
    for (let i = prices; i < moment.length; i++) {
      const headline = moment[i] as Placed;
      const mood = this.#moods.claim(headline);
      if (mood) this.#options.scorer.note(headline.event, mood);
    }
    if (moment.length > 1) moment.sort(inOrder);
    this.#released = at;
    return moment.map((m) => m.event);
  }

  seek(_after: Ms): void {
    // The play order says where to begin: what comes is newer.
  }

  /** Inputs seen up to `through` are on the tape: their entries are done with. That the source has an end is left for whoever is next. */
  async settled(through: number): Promise<void> {
    const done = new Map<Consumer, string[]>();
    for (const [key, { consumer, id, through: to, end }] of this.#open) {
      if (to > through || end) continue;
      this.#open.delete(key);
      const ids = done.get(consumer);
      if (ids) ids.push(id);
      else done.set(consumer, [id]);
    }
    if (done.size === 0) return;
    await Promise.all([...done].map(([consumer, ids]) => consumer.ack(ids)));
    await this.#options.streams.put(KEYS.done, String(through));
  }

  #isHeld(): boolean {
    return this.#options.held?.() ?? true;
  }

  /** Cuts off what everybody is done with. */
  async trim(): Promise<void> {
    for (const stream of STREAMS) await this.#options.streams.trim(stream, { keep: 256 });
  }

  #isScored(at: number): boolean {
    if (this.#moods.through >= at) {
      this.#unscoredSince = null;
      return true;
    }
    const now = this.#options.now();
    this.#unscoredSince ??= now;
    if (now - this.#unscoredSince < PATIENCE_MS) return false;
    if (now - this.#unscoredSince < PATIENCE_MS * 2)
      this.#options.say(
        "headlines come back unscored: is a process with the role sentiment running? The built-in scorer steps in",
        {
          event: "scores.missing",
          level: "warn",
          group: GROUP,
        },
      );
    this.#unscoredSince = now - PATIENCE_MS * 2;
    return true;
  }

  /** A server that came back empty has to be told again what is wanted, and has lost what was on its way. */
  async #recover(): Promise<void> {
    if (!this.#isHeld()) return;
    await this.#tell();
    for (const [lead, chain] of [
      [MARKET.lead, this.#market],
      [NEWS_RAW, this.#news],
    ] as const) {
      if (chain.ended || chain.through <= this.#order.after || (await this.#options.streams.last(lead)) !== null) continue;
      return this.#again();
    }
  }

  #tell(): Promise<void> {
    return writePlay(this.#options.streams, { ...this.#order, after: Math.max(this.#order.after, this.#released) });
  }

  async #read(stream: string, consumer: Consumer): Promise<void> {
    const held = (): number => (stream === NEWS_RAW ? this.#news.held : this.#market.held).get(stream) ?? 0;
    while (!this.#stopping) {
      if (held() > HELD) {
        await this.#options.delay(5);
        continue;
      }
      const entries = await consumer.take(64, 1_000);
      if (!this.#isHeld()) return; // not acknowledged: whoever holds the account finds them
      for (const entry of entries) await this.#take(stream, consumer, entry);
      if (entries.length > 0) this.#options.arrived();
    }
  }

  async #take(stream: string, consumer: Consumer, entry: Delivered): Promise<void> {
    const key = `${stream} ${entry.id}`;
    if (this.#open.has(key)) return; // handed out again while it waits here
    try {
      const label = labelOf(entry);
      if (label.play !== playOf(this.#order)) return await consumer.ack([entry.id]);
      const inputs = decodeChunk(entry);
      this.#open.set(key, { consumer, id: entry.id, through: label.through, end: label.end });
      if (stream === NEWS_SCORED) this.#moods.take(label, inputs);
      else if ((stream === NEWS_RAW ? this.#news : this.#market).take(stream, label, inputs) === "gap") await this.#again();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#options.say(`an entry of ${stream} was set aside: ${error.message}`, {
        event: "entry.set_aside",
        level: "warn",
        stage: GROUP,
        stream,
        entry: entry.id,
        reason: error.message,
      });
      this.#setAside += 1;
      await consumer.setAside(entry, error.message);
      await this.#again();
    }
  }

  /** Something is missing: all that was not given out yet is asked for again. */
  async #again(): Promise<void> {
    this.#options.say(`inputs after ${new Date(this.#released).toISOString()} are missing and are asked for again`, {
      event: "inputs.missing",
      level: "warn",
      after: this.#released,
    });
    this.#order = { ...this.#order, after: this.#released, attempt: this.#order.attempt + 1 };
    this.#market = new Chain(MARKET.lead, this.#released);
    this.#news = new Chain(NEWS_RAW, this.#released);
    this.#moods = new Moods(this.#released);
    const open = [...this.#open.values()];
    this.#open.clear();
    await this.#tell();
    for (const { consumer, id } of open) await consumer.ack([id]);
  }
}
