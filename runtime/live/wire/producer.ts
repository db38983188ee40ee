import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { InputEvent } from "../../../streams/domain/event.ts";
import { ms } from "../../../streams/domain/units.ts";
import { chunkTraceparent } from "../../adapters/telemetry/trace.ts";
import type { Source } from "../source.ts";
import { type ChunkLabel, encodeChunk, type Placed } from "./chunk.ts";
import { inputStreamOf, KEYS, MARKET, NEWS_RAW } from "./names.ts";
import { type PlayOrder, playOf, readPlay, type SourceAbout, writeSource } from "./playOrders.ts";

/** Inputs of a chunk, of all producers together: enough to be worth an entry, few enough to be under way soon. */
const CHUNK_EVENTS = 256;
/** How often a producer that has nothing to do looks for a new play order, ms. */
const LOOK_MS = 100;
/** While it is playing, it looks this often, ms. */
const GLANCE_MS = 250;
/** Chunks appended and not yet confirmed. */
const UNDER_WAY = 32;

export interface ProducerOptions {
  readonly streams: DurableStreams;
  readonly about: SourceAbout;
  /** The source from its beginning; opened anew whenever the core wants it from another place. */
  readonly open: () => Source;
  /** Its share of the source. Each producer reads all of it, so that the places of inputs are the same for all. */
  readonly share: "market" | "news";
  /** Events that may be ahead of what the core has on its tape. Default 100_000. */
  readonly ahead?: number;
  /** Resolves when inputs seen at `tSeen` may be sent; null: at once. For a source that goes at its own pace. */
  readonly due?: ((tSeen: number) => Promise<void>) | null;
  /** Machine ms, and a wait that ends early at stop. */
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
}

export interface ProducerFigures {
  readonly sent: number;
  readonly through: number;
  /** Waiting because the core is too far behind. */
  readonly heldBack: boolean;
}

interface Gathered {
  readonly inputs: Placed[];
  readonly through: number;
  readonly end: boolean;
  /** Inputs passed, those of other shares too. */
  readonly seen: number;
}

/** Plays a source into the streams, as the core orders it, from where it left off. */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #lead: string;
  #stopping = false;
  #sent = 0;
  #through = 0;
  /** Inputs of the source that were passed, of all producers' shares: what may be ahead counts alike for all. */
  #passed = 0;
  #heldBack = false;
  #lookedAt = 0;
  /** [through, events up to there] of what may still be ahead of the core. */
  #ahead: [through: number, events: number][] = [];

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#lead = options.share === "market" ? MARKET.lead : NEWS_RAW;
  }

  get figures(): ProducerFigures {
    return { sent: this.#sent, through: this.#through, heldBack: this.#heldBack };
  }

  stop(): void {
    this.#stopping = true;
  }

  /** Until it is stopped. @throws StreamsUnavailable when the streams were closed under it. */
  async run(): Promise<void> {
    if (this.#options.share === "market") await writeSource(this.#options.streams, this.#options.about);
    while (!this.#stopping) {
      const order = await readPlay(this.#options.streams);
      if (order === null || order.source !== this.#options.about.hash || (await this.#play(order))) {
        await this.#options.delay(LOOK_MS);
        // A server that lost what it had has to be told again.
        if (this.#options.share === "market" && (await this.#options.streams.get(KEYS.source)) === null)
          await writeSource(this.#options.streams, this.#options.about);
      }
    }
  }

  /** True when all of it is in the streams; false when something else is wanted. */
  async #play(order: PlayOrder): Promise<boolean> {
    const { streams, open, due } = this.#options;
    const play = playOf(order);
    const last = await streams.last(this.#lead);
    const resumes = last !== null && last.headers.play === play;
    let prev = resumes ? Number(last.headers.through) : order.after;
    if (resumes && last.headers.end === "1") return true;
    const source = open();
    if (prev > 0) source.seek(ms(prev));
    this.#ahead = [];
    const underWay = new Set<Promise<unknown>>();
    let failure: unknown = null;
    for (;;) {
      const { inputs, through, end, seen } = this.#gather(source, prev);
      if (due) await due(through);
      for (const appended of this.#append({ play, prev, through, end, beside: [] }, inputs)) {
        underWay.add(appended);
        void appended.then(
          () => underWay.delete(appended),
          (error: unknown) => {
            failure = error;
            underWay.delete(appended);
          },
        );
      }
      if (failure !== null) throw failure;
      this.#sent += inputs.length;
      this.#passed += seen;
      this.#through = through;
      this.#ahead.push([through, this.#passed]);
      prev = through;
      if (this.#stopping) return false; // whoever closes the streams waits for what is under way
      if (end) {
        await Promise.all(underWay);
        return true;
      }
      if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
      if ((await this.#isReplaced(play)) || (await this.#holdBack(play))) return false;
    }
  }

  /** Whole moments, as many as make a chunk, and of them this producer's share. */
  #gather(source: Source, prev: number): Gathered {
    const inputs: Placed[] = [];
    let through = prev;
    let seen = 0;
    while (seen < CHUNK_EVENTS) {
      const moment = source.next();
      if (moment === null) return { inputs, through, end: true, seen };
      seen += moment.length;
      through = moment[0]?.tSeen ?? through;
      for (let place = 0; place < moment.length; place++) {
        const event = moment[place] as InputEvent;
        if ((inputStreamOf(event) === NEWS_RAW) === (this.#options.share === "news")) inputs.push({ event, place });
      }
      if (this.#options.due) break; // a source with a pace of its own: a moment is sent when it is there
    }
    return { inputs, through, end: false, seen };
  }

  #append(label: ChunkLabel, inputs: readonly Placed[]): readonly Promise<unknown>[] {
    const { streams } = this.#options;
    const parts = new Map<string, Placed[]>();
    for (const input of inputs) {
      const stream = inputStreamOf(input.event);
      const part = parts.get(stream);
      if (part) part.push(input);
      else parts.set(stream, [input]);
    }
    const beside = [...parts.keys()].filter((stream) => stream !== this.#lead);
    const trace = { traceparent: chunkTraceparent(label.play, this.#options.share, label.through) };
    return [
      ...beside.map((stream) => streams.append(stream, [encodeChunk(label, parts.get(stream) ?? [], trace)])),
      streams.append(this.#lead, [encodeChunk({ ...label, beside }, parts.get(this.#lead) ?? [], trace)]),
    ];
  }

  async #isReplaced(play: string): Promise<boolean> {
    const now = this.#options.now();
    if (now - this.#lookedAt < GLANCE_MS) return false;
    this.#lookedAt = now;
    const order = await readPlay(this.#options.streams);
    return order === null || playOf(order) !== play; // none: the server has lost what it had
  }

  /** Waits while the core is too far behind. True when something else is wanted meanwhile. */
  async #holdBack(play: string): Promise<boolean> {
    const limit = this.#options.ahead ?? 100_000;
    try {
      while (!this.#stopping && !this.#isNear(limit)) {
        const done = Number((await this.#options.streams.get(KEYS.done)) ?? 0);
        const kept = this.#ahead.findIndex(([through]) => through > done);
        this.#ahead = kept < 0 ? [] : this.#ahead.slice(kept);
        if (this.#isNear(limit)) break;
        this.#heldBack = true;
        if (await this.#isReplaced(play)) return true;
        await this.#options.delay(10);
      }
      return false;
    } finally {
      this.#heldBack = false;
    }
  }

  #isNear(limit: number): boolean {
    return this.#passed - (this.#ahead[0]?.[1] ?? this.#passed) < limit;
  }
}
