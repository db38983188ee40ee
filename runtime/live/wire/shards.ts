import type { Fanout } from "../../../actors/ports/fanout.ts";
import type { Lease, Leases } from "../../../actors/ports/leases.ts";
import type { PureScorer } from "../../../actors/ports/scorer.ts";
import type { DurableStreams } from "../../../actors/ports/streams.ts";
import type { Say } from "../../../actors/ports/telemetry.ts";
import type { InputEvent } from "../../../streams/domain/event.ts";
import { newsScored } from "../../../streams/domain/news.ts";
import type { RunSetup } from "../../runSetup.ts";
import { type Answer, encodeAnswers } from "./answers.ts";
import type { Placed } from "./chunk.ts";
import { ScoredElsewhere } from "./moods.ts";
import { MARKET, NEWS_RAW, NEWS_SCORED, SIGNALS, shardLease, shardOf } from "./names.ts";
import { type PlayOrder, readPlay, readSource, type SourceAbout } from "./orders.ts";
import { isShardable, ShardEngine } from "./shardEngine.ts";
import { readOn } from "./tapeReading.ts";
import { WireSource } from "./wireSource.ts";

/** Answers that are sent together. */
const TOGETHER = 256;
/** A node looks for a shard nobody holds this often, and the rarer the more it holds: so they spread. */
const LOOK_MS = 200;
const LOOK_EACH_MS = 400;

export interface ShardsOptions {
  readonly shards: number;
  readonly setup: RunSetup;
  readonly scorer: PureScorer;
  readonly streams: DurableStreams;
  readonly fanout: Fanout;
  readonly leases: Leases;
  readonly node: string;
  readonly now: () => number;
  readonly delay: (ms: number) => Promise<void>;
  readonly say: Say;
}

/** Moments with their headlines scored: what strategies see of them. */
export const asSeen = (moment: readonly Placed[], scorer: PureScorer): readonly Placed[] =>
  moment.map(({ event, place }) =>
    event.type === "news.raw"
      ? { event: newsScored(event, event.tSeen, scorer.score(event)), place }
      : { event: { ...event } as InputEvent, place },
  );

/** Holds as many shards of tickers as it can get, and computes their strategies' views ahead of the core. */
export class Shards {
  readonly #o: ShardsOptions;
  readonly #held = new Map<number, Shard>();
  #stopping = false;

  constructor(options: ShardsOptions) {
    this.#o = options;
  }

  /** The shards held now. */
  get held(): readonly number[] {
    return [...this.#held.keys()].sort((a, b) => a - b);
  }

  async run(): Promise<void> {
    const { shards, leases, node, delay, say } = this.#o;
    while (!this.#stopping) {
      for (let shard = 0; shard < shards && !this.#stopping; shard++) {
        if (this.#held.has(shard)) continue;
        const lease = await leases.acquire(shardLease(shard), node, `shard ${shard} of ${shards}`).catch(() => null);
        if (lease === null) continue;
        if (this.#stopping) return await lease.release().catch(() => undefined);
        say(`computing shard ${shard} of ${shards}`, { event: "shard.taken", shard, shards });
        this.#hold(shard, lease);
        await delay(LOOK_EACH_MS * this.#held.size);
      }
      await delay(LOOK_MS + LOOK_EACH_MS * this.#held.size);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#held.values()].map((s) => s.stop()));
  }

  #hold(index: number, lease: Lease): void {
    const shard = new Shard(this.#o, index, lease);
    this.#held.set(index, shard);
    lease.onLost((why) => {
      this.#o.say(`shard ${index} is lost: ${why}`, { event: "shard.lost", level: "warn", shard: index, why });
      void shard.stop();
    });
    void shard.run().finally(async () => {
      this.#held.delete(index);
      await lease.release().catch(() => undefined); // it runs out by itself
    });
  }
}

/** One shard: rebuilt from the tape of the run, then fed from the streams. Whatever goes wrong, it is rebuilt. */
class Shard {
  readonly #o: ShardsOptions;
  readonly #index: number;
  readonly #lease: Lease;
  #source: WireSource | null = null;
  #stopping = false;
  #wake: () => void = () => {};

  constructor(options: ShardsOptions, index: number, lease: Lease) {
    this.#o = options;
    this.#index = index;
    this.#lease = lease;
  }

  async run(): Promise<void> {
    let told = "";
    while (!this.#stopping) {
      try {
        await this.#live();
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (!this.#stopping && why !== told)
          this.#o.say(`shard ${this.#index} begins anew: ${why}`, {
            event: "shard.renewed",
            level: "warn",
            shard: this.#index,
            why,
          });
        told = why;
      }
      await this.#source?.stop();
      this.#source = null;
      await this.#o.delay(200);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#source?.stop();
  }

  /** @throws when it has to begin anew. */
  async #live(): Promise<void> {
    const { streams, setup, shards, node, now, delay, say } = this.#o;
    const play = await readPlay(streams);
    const about = await readSource(streams);
    if (play === null || about === null || play.source !== about.hash || play.configHash !== setup.configHash) return;
    const group = `shard.${this.#index}`;
    // Before the tape is read: what comes in meanwhile is kept.
    for (const stream of [...MARKET.all, NEWS_RAW, NEWS_SCORED]) await (await streams.consume(stream, group, node)).close();
    const engine = new ShardEngine({
      config: setup.config,
      strategies: setup.strategies.filter(isShardable),
      owns: (ticker) => shardOf(ticker, shards) === this.#index,
      escalated: (path, error) => {
        throw new Error(`${path} gave up: ${error}`);
      },
    });
    const after = await this.#rebuild(play, engine);
    const scorer = new ScoredElsewhere(this.#o.scorer);
    let broken: unknown = null;
    const source = new WireSource({
      streams,
      about: about satisfies SourceAbout,
      order: { ...play, after },
      node,
      group,
      leads: false,
      scorer,
      now,
      delay,
      held: () => this.#lease.held(),
      arrived: () => this.#wake(),
      say,
      failed: (error) => {
        broken = error;
        this.#wake();
      },
    });
    this.#source = source;
    await source.start();
    await this.#compute(play, source, engine, scorer, after, () => broken);
  }

  /** The state as of the run's tape. Returns the `tSeen` of its last input. */
  async #rebuild(play: PlayOrder, engine: ShardEngine): Promise<number> {
    let seq = 0;
    let after = 0;
    for (;;) {
      const events = await readOn(this.#o.fanout, play.run, seq);
      const last = events.at(-1);
      if (last === undefined || this.#stopping) return after;
      for (const event of events) {
        if (event.type.startsWith("market.") || event.type.startsWith("news.")) after = event.tSeen;
        engine.recall(event);
      }
      seq = last.seq;
    }
  }

  async #compute(
    play: PlayOrder,
    source: WireSource,
    engine: ShardEngine,
    scorer: PureScorer,
    from: number,
    broken: () => unknown,
  ): Promise<void> {
    const { streams, delay } = this.#o;
    let prev = from;
    let answers: Answer[] = [];
    let looked = 0;
    while (!this.#stopping && this.#lease.held()) {
      const failure = broken();
      if (failure) throw failure;
      const moment = source.nextPlaced();
      if (moment !== null) answers.push(...engine.feed(asSeen(moment, scorer)));
      if (moment !== null && answers.length < TOGETHER) continue;
      const through = source.released;
      if (through > prev) {
        const label = { run: play.run, shard: this.#index, epoch: this.#lease.epoch, prev, through };
        await streams.append(SIGNALS, [encodeAnswers(label, answers)]);
        await source.settled(through);
        prev = through;
        answers = [];
        continue;
      }
      await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), delay(50)]);
      if (this.#o.now() - looked < 500) continue;
      looked = this.#o.now();
      if ((await readPlay(streams))?.run !== play.run) return; // another run is on
    }
  }
}
