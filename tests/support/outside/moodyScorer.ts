import type { Mood, Scorer } from "../../../actors/ports/scorer.ts";

export type Answer = "scores" | "throws" | "lies";

interface Asked {
  readonly resolve: (mood: Mood) => void;
  readonly reject: (error: Error) => void;
}

/** A model that answers when a test has it answer, and how; what nobody answers times out. */
export class MoodyScorer implements Scorer {
  readonly name = "finbert";
  /** Answers at once and well. */
  prompt = false;
  readonly #asked: Asked[] = [];

  score(): Promise<Mood> {
    const mood: Mood = { tickers: [], score: 0.5, confidence: 1, scorer: "finbert" };
    return this.prompt ? Promise.resolve(mood) : new Promise((resolve, reject) => this.#asked.push({ resolve, reject }));
  }

  /** @param which of those that wait, modulo how many do. */
  answer(which: number, how: Answer): void {
    const [one] = this.#asked.splice(which % Math.max(1, this.#asked.length), 1);
    if (how === "throws") one?.reject(new Error("out of memory"));
    else one?.resolve({ tickers: [], score: how === "lies" ? Number.NaN : 0.25, confidence: 1, scorer: "finbert" });
  }
}
