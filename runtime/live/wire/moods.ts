import type { Mood, PureScorer } from "../../../actors/ports/scorer.ts";
import type { NewsRaw } from "../../../streams/domain/news.ts";
import type { ChunkLabel, Placed } from "./chunk.ts";

/** Scores that came back for headlines, by their place in the source. Chunks may come in any order when several score. */
export class Moods {
  /** `tSeen` through which every headline that was sent out is scored. */
  through: number;
  readonly #moods = new Map<string, Mood>();
  readonly #early = new Map<number, { readonly label: ChunkLabel; readonly scored: readonly Placed[] }>();

  constructor(from: number) {
    this.through = from;
  }

  take(label: ChunkLabel, scored: readonly Placed[]): void {
    if (label.through <= this.through) return;
    this.#early.set(label.prev, { label, scored });
    for (;;) {
      const next = [...this.#early.values()].find((e) => e.label.prev <= this.through);
      if (!next) return;
      this.#early.delete(next.label.prev);
      if (next.label.through <= this.through) continue;
      for (const { event, place } of next.scored)
        if (event.type === "news.scored") this.#moods.set(keyOf(event.tSeen, place), event);
      this.through = next.label.through;
    }
  }

  /** The score of a headline, once; null when nobody gave one. */
  claim(headline: Placed): Mood | null {
    const key = keyOf(headline.event.tSeen, headline.place);
    const mood = this.#moods.get(key) ?? null;
    this.#moods.delete(key);
    return mood;
  }
}

const keyOf = (tSeen: number, place: number): string => `${tSeen}.${place}`;

/** Answers with the score that came with a headline; with its own where none did. */
export class ScoredElsewhere implements PureScorer {
  readonly #own: PureScorer;
  readonly #moods = new WeakMap<object, Mood>();

  constructor(own: PureScorer) {
    this.#own = own;
  }
  get name(): PureScorer["name"] {
    return this.#own.name;
  }
  note(headline: object, mood: Mood): void {
    const { tickers, score, confidence, scorer } = mood;
    this.#moods.set(headline, { tickers, score, confidence, scorer });
  }
  score(news: Pick<NewsRaw, "headline" | "tickers">): Mood {
    return this.#moods.get(news) ?? this.#own.score(news);
  }
}
