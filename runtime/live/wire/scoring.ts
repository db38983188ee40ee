import type { PureScorer } from "../../../actors/ports/scorer.ts";
import type { Consumer, Delivered, DurableStreams } from "../../../actors/ports/streams.ts";
import { type NewsRaw, newsScored } from "../../../streams/domain/news.ts";
import { decodeChunk, encodeChunk, isUnreadable, labelOf, type Placed } from "./chunk.ts";
import { NEWS_RAW, NEWS_SCORED } from "./names.ts";

export interface ScoringOptions {
  readonly streams: DurableStreams;
  readonly scorer: PureScorer;
  /** Names this process among those that share the work. */
  readonly node: string;
}

const scoredOf = (news: NewsRaw, scorer: PureScorer) => newsScored(news, news.tSeen, scorer.score(news));

/**
 * Scores headlines: takes chunks of `news:raw`, puts their scores on `news:scored` under the same label, then acknowledges. Several may
 * share the work; a chunk scored twice is the same chunk.
 */
export class Scoring {
  readonly #options: ScoringOptions;
  #consumer: Consumer | null = null;
  #stopping = false;
  #scored = 0;
  #setAside = 0;

  constructor(options: ScoringOptions) {
    this.#options = options;
  }

  get scored(): number {
    return this.#scored;
  }
  /** Entries that could not be read. */
  get setAside(): number {
    return this.#setAside;
  }

  async run(): Promise<void> {
    const consumer = await this.#options.streams.consume(NEWS_RAW, "sentiment", this.#options.node, { claimAfterMs: 2_000 });
    this.#consumer = consumer;
    while (!this.#stopping) {
      const taken = await consumer.take(32, 1_000);
      for (const entry of taken) await this.#score(consumer, entry);
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#consumer?.close();
  }

  async #score(consumer: Consumer, entry: Delivered): Promise<void> {
    let inputs: readonly Placed[];
    try {
      inputs = decodeChunk(entry);
      const label = labelOf(entry);
      const scored = inputs.flatMap(({ event, place }) =>
        event.type === "news.raw" ? [{ event: scoredOf(event, this.#options.scorer), place }] : [],
      );
      await this.#options.streams.append(NEWS_SCORED, [encodeChunk({ ...label, beside: [] }, scored, traceOf(entry))]);
      this.#scored += scored.length;
    } catch (error) {
      if (this.#stopping) return;
      if (!isUnreadable(error)) throw error;
      await consumer.setAside(entry, (error as Error).message);
      this.#setAside += 1;
      return;
    }
    await consumer.ack([entry.id]);
  }
}

const traceOf = (entry: Delivered): Readonly<Record<string, string>> =>
  entry.headers.traceparent === undefined ? {} : { traceparent: entry.headers.traceparent };
