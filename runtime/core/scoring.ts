import { z } from "zod";
import type { Mood, Scorer } from "../../actors/ports/scorer.ts";
import type { Timing } from "../../actors/ports/timing.ts";
import { PORTS } from "../../actors/topology.ts";
import { type NewsRaw, type NewsScored, newsScored, NewsScored as Scored } from "../../streams/domain/news.ts";
import { type RequestFailed, requestFailed } from "../../streams/domain/request.ts";
import type { Ms } from "../../streams/domain/units.ts";

/** Patience with a model, ms of the machine's clock. */
export interface Patience {
  readonly timing: Timing;
  /** One try may take this long. */
  readonly timeoutMs: number;
  /** Tries in all, where a try fails before its time is out. */
  readonly tries: number;
  /** Between two tries; twice as long each time. */
  readonly pauseMs: number;
}

/** What a model may answer; anything else is nonsense, and counts as a failure. */
const Answer = z.object({
  tickers: Scored.shape.tickers,
  score: Scored.shape.score,
  confidence: Scored.shape.confidence,
  scorer: Scored.shape.scorer,
});

const noMinusZero = (n: number): number => (n === 0 ? 0 : n);

const read = (answer: unknown, name: string): Mood => {
  const parsed = Answer.safeParse(answer);
  if (!parsed.success) throw new Error(`it answered nonsense: ${z.prettifyError(parsed.error).split("\n").join(" ")}`);
  if (parsed.data.scorer !== name) throw new Error(`it answered in the name of ${parsed.data.scorer}, and is ${name}`);
  const { tickers, score, confidence, scorer } = parsed.data;
  return { tickers, score: noMinusZero(score), confidence: noMinusZero(confidence), scorer };
};

class TimedOut extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
  }
}

const within = <T>(timing: Timing, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const out = new AbortController();
    const off = timing.after(timeoutMs, () => {
      out.abort();
      reject(new TimedOut(timeoutMs));
    });
    // A port that throws at once is one that failed.
    Promise.resolve()
      .then(() => work(out.signal))
      .then(resolve, reject)
      .finally(off);
  });

const pause = (timing: Timing, ms: number): Promise<void> => new Promise((done) => void timing.after(ms, done));

/** Calls to a model at a time. */
const MOST_CALLS = 4;

/** Lets so many in at a time; the others wait in order. */
class Turnstile {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(most: number) {
    this.free = most;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((enter) => this.waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

/** A scorer outside, asked a few headlines at a time. A try waits for its turn, and has its whole time from then on. */
export class PatientScorer {
  private readonly scorer: Scorer;
  private readonly patience: Patience;
  private readonly turns = new Turnstile(MOST_CALLS);

  constructor(scorer: Scorer, patience: Patience) {
    this.scorer = scorer;
    this.patience = patience;
  }

  /** One headline's score, or why there is none: exactly one of the two, once, whatever the model does. Both are stamped `at`. */
  async score(news: NewsRaw, at: Ms): Promise<NewsScored | RequestFailed> {
    const { scorer, patience: p } = this;
    for (let tried = 1; ; tried++) {
      try {
        const answer = await this.turns.pass(() => within(p.timing, p.timeoutMs, (signal) => scorer.score(news, signal)));
        return newsScored(news, at, read(answer, scorer.name));
      } catch (error) {
        const reason = `${scorer.name}: ${error instanceof Error ? error.message : String(error)}`;
        // A model that hangs is not asked again for the same headline: others wait for their turn.
        if (tried >= p.tries || error instanceof TimedOut)
          return requestFailed({ port: PORTS.scorer, request: "score", about: news.id, sent: "unknown", reason }, at, news.seq);
      }
      await pause(p.timing, p.pauseMs * 2 ** (tried - 1));
    }
  }
}

/**
 * A scorer outside, beside a source that can wait: requests are gathered, and their answers come in the order of the requests, whichever was ready
 * first. So what a run decides does not depend on how fast a model is.
 */
export class AwaitedScores {
  private asked: Promise<NewsScored | RequestFailed>[] = [];
  private readonly scorer: PatientScorer;

  constructor(scorer: Scorer, patience: Patience) {
    this.scorer = new PatientScorer(scorer, patience);
  }

  get inFlight(): number {
    return this.asked.length;
  }

  ask(news: NewsRaw, at: Ms): void {
    this.asked.push(this.scorer.score(news, at));
  }

  /** All answers that are due, when the last is there. */
  async answers(): Promise<readonly (NewsScored | RequestFailed)[]> {
    const asked = this.asked;
    this.asked = [];
    return Promise.all(asked);
  }
}
