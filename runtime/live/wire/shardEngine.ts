import { EMPTY } from "rxjs";
import { PATHS } from "../../../actors/topology.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import type { NewsScored } from "../../../streams/domain/news.ts";
import type { RunConfig } from "../../../streams/domain/run.ts";
import type { Signal } from "../../../streams/domain/signal.ts";
import { ms } from "../../../streams/domain/units.ts";
import type { BoundStrategy, StrategyInputs } from "../../../streams/strategies/define.ts";
import { Door } from "../../kernel/door.ts";
import { tickersTree } from "../../tree.ts";
import { type Answer, type FarView, type InputKey, newsKey, placeKey } from "./answers.ts";
import type { Placed } from "./chunk.ts";

/** Causes further back than so many inputs are not named. */
const REMEMBERED = 200_000;
/** Headlines known by their id, as the sentiment actor knows them: a repeat is not scored again. */
const HEADLINES = 20_000;

/** Thrown by what a strategy that is computed ahead of the core may not look at. */
class OutOfReach extends TypeError {
  constructor(strategy: string, what: string) {
    super(`strategy ${strategy} reads ${what} after it was started: read it when it starts, and it is not split off`);
    this.name = "OutOfReach";
  }
}

const probe = (touched: () => void): StrategyInputs => ({
  ticker: "A" as StrategyInputs["ticker"],
  bars$: EMPTY,
  quotes$: EMPTY,
  news$: EMPTY,
  get position$() {
    touched();
    return EMPTY;
  },
  get clock(): StrategyInputs["clock"] {
    touched();
    return { now: () => ms(0), scheduler: undefined as never };
  },
});

/**
 * Whether a strategy can be computed ahead of the core: it gives views, and of prices and news alone. One that looks at its position or
 * at the clock depends on what the core does with its views.
 */
export const isShardable = (strategy: BoundStrategy): boolean => {
  if (strategy.kind !== "signals") return false;
  let looked = false;
  try {
    strategy.start(probe(() => (looked = true)));
  } catch {
    return false; // it may well be right, in the core
  }
  return !looked;
};

const guarded = (strategy: BoundStrategy): BoundStrategy => ({
  ...strategy,
  start: ({ ticker, bars$, quotes$, news$ }) =>
    strategy.start({
      ticker,
      bars$,
      quotes$,
      news$,
      get position$(): never {
        throw new OutOfReach(strategy.name, "its position");
      },
      get clock(): never {
        throw new OutOfReach(strategy.name, "the clock");
      },
    }),
});

export interface ShardEngineOptions {
  readonly config: RunConfig;
  readonly strategies: readonly BoundStrategy[];
  /** Whether a ticker is this engine's. */
  readonly owns: (ticker: string) => boolean;
  readonly escalated: (path: string, error: string) => void;
}

/** The production's ticker and strategy actors with nothing behind them: inputs in, views out, by the keys of inputs. */
export class ShardEngine {
  readonly #owns: (ticker: string) => boolean;
  readonly #door: Door;
  readonly #keys = new WeakMap<object, InputKey | number>();
  readonly #bySeq = new Map<number, InputKey | number>();
  readonly #headlines = new Set<string>();
  #answers = new Map<string, Answer>();

  constructor({ config, strategies, owns, escalated }: ShardEngineOptions) {
    this.#owns = owns;
    this.#door = new Door({
      seed: config.seed,
      startAt: ms(0),
      tree: tickersTree(config, strategies.map(guarded)),
      lister: PATHS.tickers,
      performers: {},
      venue: null,
      recorder: { bar: (bar) => this.#note(bar), other: (event) => this.#note(event) },
      escalated,
    });
  }

  /** Inputs of one moment, in order. Headlines come scored. */
  feed(moment: readonly Placed[]): readonly Answer[] {
    this.#answers = new Map();
    for (const { event, place } of moment) {
      if (!this.#wants(event)) continue;
      this.#keys.set(event, event.type === "news.scored" ? newsKey(event.id) : placeKey(event.tSeen, place));
      this.#door.admit(event);
    }
    return [...this.#answers.values()];
  }

  /** Inputs that are on the tape already, known by their `seq`. What is said of them was said before. */
  recall(event: TapeEvent): void {
    if (!this.#wants(event)) return;
    this.#keys.set(event, event.seq);
    this.#door.feed([event as Parameters<Door["admit"]>[0]]);
  }

  #wants(event: TapeEvent): boolean {
    if (event.type === "market.bar" || event.type === "market.quote") return this.#owns(event.ticker);
    return event.type === "news.scored" && this.#isNew(event) && event.tickers.some(this.#owns);
  }

  #isNew({ id }: NewsScored): boolean {
    if (this.#headlines.has(id)) return false;
    this.#headlines.add(id);
    if (this.#headlines.size > HEADLINES) this.#headlines.delete(this.#headlines.values().next().value as string);
    return true;
  }

  #note(event: TapeEvent): void {
    if (event.type === "signal.generated") {
      if (this.#owns(event.ticker)) this.#say(event);
      return;
    }
    const key = this.#keys.get(event);
    if (key === undefined) return;
    this.#bySeq.set(event.seq, key);
    if (this.#bySeq.size > REMEMBERED) this.#bySeq.delete(this.#bySeq.keys().next().value as number);
  }

  #say(signal: Signal): void {
    const on = this.#bySeq.get(signal.cause);
    if (typeof on !== "string") return;
    const name = `${on} ${signal.strategy} ${signal.ticker}`;
    const { score, confidence, reason } = signal;
    const view: FarView = { score, confidence, reason, causes: signal.causes.flatMap((c) => this.#bySeq.get(c) ?? []) };
    const known = this.#answers.get(name);
    if (known) known.views.push(view);
    else this.#answers.set(name, { on, tSeen: signal.tSeen, strategy: signal.strategy, ticker: signal.ticker, views: [view] });
  }
}
