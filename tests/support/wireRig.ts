import type { Mood, PureScorer } from "../../actors/ports/scorer.ts";
import type { DurableStreams, ServerState } from "../../actors/ports/streams.ts";
import { type MemoryStreamServer, memoryStreamServer } from "../../runtime/adapters/memory/streams.ts";
import type { Source } from "../../runtime/live/source.ts";
import { ScoredElsewhere } from "../../runtime/live/wire/moods.ts";
import { MARKET, NEWS_RAW, NEWS_SCORED } from "../../runtime/live/wire/names.ts";
import { readPlay, type SourceAbout } from "../../runtime/live/wire/playOrders.ts";
import { Producer } from "../../runtime/live/wire/producer.ts";
import { Scoring } from "../../runtime/live/wire/scoring.ts";
import { WireSource } from "../../runtime/live/wire/wireSource.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { type Ms, seq } from "../../streams/domain/units.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import { GeneratedMarketConfig, type GeneratedMarketSettings } from "../../streams/market/settings.ts";

const INPUT_STREAMS = [...MARKET.all, NEWS_RAW, NEWS_SCORED];

export type Moment = readonly InputEvent[];

/** The first moments of a generated market. */
export const momentsOf = (settings: GeneratedMarketSettings, count: number): readonly Moment[] => {
  const market = generatedMarket(GeneratedMarketConfig.parse(settings));
  return Array.from({ length: count }, () => market.next());
};

/** What a source gives, numbers left out: a run gives its own. */
export const plain = (moments: readonly Moment[]): Moment[] =>
  moments.map((m) => m.map((e) => ({ ...e, seq: seq(0) }) as InputEvent));

/** A source that gives these moments. */
export const sourceOfMoments = (moments: readonly Moment[]): Source => {
  let at = 0;
  return {
    kind: "generated",
    playable: true,
    name: "moments",
    from: null,
    to: null,
    historyUntil: 0,
    next: () => moments[at++] ?? null,
    seek: (after) => {
      while ((moments[at]?.[0]?.tSeen ?? Number.POSITIVE_INFINITY) <= after) at += 1;
    },
  };
};

/** Everything that waits for something else gets its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A mood that the built-in scorer never gives. */
const elsewhere: PureScorer = {
  name: "finbert",
  score: ({ headline, tickers }): Mood => ({ tickers, score: 0.25, confidence: headline.length / 1_000, scorer: "finbert" }),
};
const own: PureScorer = {
  name: "builtin",
  score: ({ tickers }): Mood => ({ tickers, score: 0, confidence: 0, scorer: "builtin" }),
};

interface Role {
  readonly streams: DurableStreams;
  readonly stop: () => void | Promise<void>;
  readonly running: Promise<void>;
}

/** A core that plays what comes: what is on its tape, and how much of that others know of. */
interface Core extends Role {
  readonly source: WireSource;
  readonly scorer: ScoredElsewhere;
}

export interface RigOptions {
  readonly open: () => Source;
  /** Each moment a chunk of its own. */
  readonly small?: boolean;
  /** Inputs that producers may be ahead. */
  readonly ahead?: number;
}

/** Feed, news, sentiment and core over streams in memory; each can be killed and started again under its name. */
export class WireRig {
  readonly server: MemoryStreamServer = memoryStreamServer({ now: () => this.clock });
  /** Machine's clock of everybody, ms. */
  clock = 1_000;
  readonly said: string[] = [];
  readonly failures: unknown[] = [];
  readonly tape: Moment[] = [];
  readonly moods: Mood[] = [];
  /** Moments of the tape that are published. */
  published = 0;
  feed: Role | null = null;
  news: Role | null = null;
  sentiment: Role | null = null;
  core: Core | null = null;
  readonly #options: RigOptions;
  readonly #about: SourceAbout = { kind: "generated", name: "moments", hash: "h", from: null, to: null, historyUntil: 0 };
  #states: ((state: ServerState) => void)[] = [];

  constructor(options: RigOptions) {
    this.#options = options;
  }

  async turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.clock += 10;
      await turn();
    }
  }

  startProducer(share: "feed" | "news"): void {
    const streams = this.server.connect();
    const producer = new Producer({
      streams,
      about: this.#about,
      open: this.#options.open,
      share: share === "feed" ? "market" : "news",
      ...(this.#options.ahead === undefined ? {} : { ahead: this.#options.ahead }),
      due: this.#options.small ? async () => undefined : null,
      now: () => this.clock,
      delay: turn,
    });
    this[share] = { streams, stop: () => producer.stop(), running: this.#watched(producer.run(), streams) };
  }

  startSentiment(): void {
    const streams = this.server.connect();
    const scoring = new Scoring({ streams, scorer: elsewhere, node: "s" });
    this.sentiment = { streams, stop: () => scoring.stop(), running: this.#watched(scoring.run(), streams) };
  }

  /** Goes on behind the last moment on the tape. */
  async startCore(): Promise<WireSource> {
    const streams = this.#told(this.server.connect());
    const before = await readPlay(streams);
    const scorer = new ScoredElsewhere(own);
    const source = new WireSource({
      streams,
      about: this.#about,
      order: {
        run: "r",
        number: 1,
        configHash: "c",
        source: this.#about.hash,
        after: this.tape.at(-1)?.[0]?.tSeen ?? 0,
        attempt: before?.attempt ?? 1,
      },
      node: "c",
      scorer,
      now: () => this.clock,
      delay: turn,
      arrived: () => {},
      say: (line) => this.said.push(line),
      failed: (error) => this.failures.push(error),
    });
    await source.start();
    this.core = { streams, source, scorer, stop: () => source.stop(), running: Promise.resolve() };
    return source;
  }

  /** Without a word: nothing is acknowledged, nothing more is written. A core forgets what was not published. */
  async kill(name: "feed" | "news" | "sentiment" | "core"): Promise<void> {
    const role = this[name];
    if (role === null) return;
    this[name] = null;
    const stopped = role.stop();
    await role.streams.close();
    await stopped;
    await role.running;
    if (name === "core") {
      this.tape.length = this.published;
      this.moods.length = 0;
    }
  }

  async startAll(): Promise<void> {
    this.startProducer("feed");
    this.startProducer("news");
    this.startSentiment();
    await this.startCore();
  }

  /** Up to `max` moments onto the tape. Returns how many came. */
  pull(max: number): number {
    if (this.core === null) return 0;
    const { source, scorer } = this.core;
    for (let n = 0; n < max; n++) {
      const moment = source.next();
      if (moment === null) return n;
      this.tape.push(moment);
      for (const e of moment) if (e.type === "news.raw") this.moods.push(scorer.score(e));
    }
    return max;
  }

  /** What is on the tape is known to others: its entries are done with. */
  async publish(count = this.tape.length - this.published): Promise<void> {
    this.published += count;
    const last = this.tape[this.published - 1];
    if (last) await this.core?.source.settled(last[0]?.tSeen as Ms);
  }

  /** Plays to the end. @throws when it does not come within so many turns. */
  async finish(turns = 3_000): Promise<void> {
    for (let i = 0; i < turns; i++) {
      await this.turns(1);
      this.pull(1_000);
      if (i % 5 === 0) await this.publish();
      if (this.core?.source.ended) return await this.publish();
    }
    throw new Error(`no end after ${this.tape.length} moments; ${this.said.join("; ")}`);
  }

  async stop(): Promise<void> {
    for (const name of ["core", "sentiment", "news", "feed"] as const) await this.kill(name);
  }

  /** What was not acknowledged, and what was not yet read, of every stream and group; but for the end, which is left for the core that comes next. */
  async open(): Promise<number> {
    const streams = this.server.connect();
    let open = 0;
    for (const { stream, groups } of await streams.figures(INPUT_STREAMS)) {
      const ends = (await streams.read(stream, "0", 100_000)).filter((e) => e.headers.end === "1").length;
      for (const { group, lag, pending } of groups) open += lag + (group === "core" ? Math.max(0, pending - ends) : pending);
    }
    return open;
  }

  /** All entries of a stream are gone, read or not, and its groups with them. */
  async lose(stream: string): Promise<void> {
    const streams = this.server.connect();
    for (const { group } of (await streams.figures([stream]))[0]?.groups ?? []) await streams.dropGroup(stream, group);
    await (await streams.consume(stream, "lost", "x", { from: "end" })).close();
    await streams.trim(stream, { keep: 0 });
    await streams.dropGroup(stream, "lost");
  }

  /** The server comes back and has nothing of what it had. */
  async loseAll(): Promise<void> {
    for (const stream of INPUT_STREAMS) await this.lose(stream);
    this.server.values.clear();
    for (const told of this.#states) told("lost");
    for (const told of this.#states) told("ready");
  }

  #watched(running: Promise<void>, streams: DurableStreams): Promise<void> {
    return running.catch(async (error: unknown) => {
      if (
        await streams.get("x").then(
          () => true,
          () => false,
        )
      )
        this.failures.push(error);
    });
  }

  /** Streams in memory never change their state; these do, when told to. */
  #told(streams: DurableStreams): DurableStreams {
    return new Proxy(streams, {
      get: (target, key) => {
        if (key === "onState")
          return (told: (state: ServerState) => void) => {
            this.#states.push(told);
            return () => {
              this.#states = this.#states.filter((one) => one !== told);
            };
          };
        const value = Reflect.get(target, key, target) as unknown;
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}
