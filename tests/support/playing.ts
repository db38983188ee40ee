import type { ActorSpec } from "../../actors/actor.ts";
import type { Lifecycle } from "../../actors/ports/supervisor.ts";
import type { TapeReader } from "../../actors/ports/tape.ts";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { tapeOf } from "../../runtime/adapters/tape/memory.ts";
import { DecisionLines } from "../../runtime/core/decisions.ts";
import { type TradingCore, tradingCore } from "../../runtime/core/tradingCore.ts";
import { simulated } from "../../runtime/core/venue.ts";
import { TapeSource } from "../../runtime/replay/player.ts";
import { deckTree } from "../../runtime/tree.ts";
import type { InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { type Bar, bar } from "../../streams/domain/market.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { ms, seq, type Ticker, ticker } from "../../streams/domain/units.ts";
import type { Exchange } from "../../streams/execution/exchange.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import { COMPANIES } from "../../streams/market/companies.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import type { GeneratedMarketSettings } from "../../streams/market/settings.ts";
import { directoryOf } from "../../streams/news/extract.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { type AnyStrategy, bindAll, DEFAULT_STRATEGIES, STRATEGIES } from "../../streams/strategies/registry.ts";
import type { NaiveBar } from "./naiveEngine.ts";

const DAY_MS = 86_400_000;
/** Tuesday 2024-01-02, 9:30 in New York. */
export const FIRST_OPEN = Date.UTC(2024, 0, 2, 14, 30);
const SESSION_MS = 6.5 * 3_600_000;

/** Daily bars, a day apart, known at the close. */
export const daily = (bars: readonly NaiveBar[], symbol: Ticker = ticker("AAPL")): Bar[] =>
  bars.map((b, i) => {
    const open = FIRST_OPEN + i * DAY_MS;
    return bar(symbol, ms(open), ms(open + SESSION_MS), b.open, b.high, b.low, b.close, 1000, DAY_MS);
  });

/** Minute bars, one after the other. */
export const minutely = (closes: readonly number[], symbol: Ticker = ticker("AAPL")): Bar[] =>
  closes.map((c, i) => {
    const at = FIRST_OPEN + i * 60_000;
    const o = closes[i - 1] ?? c;
    return bar(symbol, ms(at), ms(at + 60_000), o, Math.max(o, c), Math.min(o, c), c, 1000, 60_000);
  });

/** Events as a market tape: in order of `tSeen`, numbered. Copies: a run stamps what it plays. */
export const taped = (events: readonly InputEvent[]): TapeReader =>
  tapeOf([...events].sort((a, b) => a.tSeen - b.tSeen).map((e, i) => ({ ...e, seq: seq(i + 1) })));

/** The first sessions of a generated market. */
export const market = (settings: GeneratedMarketSettings, sessions: number): InputEvent[] => {
  const source = generatedMarket(settings);
  const out: InputEvent[] = [];
  const days = new Set<string>();
  for (;;) {
    const batch = source.next();
    const first = batch[0];
    if (first === undefined) return out;
    days.add(newYorkDate(first.tSeen));
    if (days.size > sessions) return out;
    out.push(...batch);
  }
};

export interface Played extends TradingCore {
  readonly exchange: Exchange;
  /** Everything that passed the door, as it was when it did. */
  readonly events: readonly TapeEvent[];
  /** The lines of the decisions hash. */
  readonly decisions: readonly string[];
  readonly life: readonly Lifecycle[];
}

export interface PlayOptions {
  readonly config?: Parameters<typeof RunConfig.parse>[0];
  readonly known?: ReadonlyMap<string, AnyStrategy>;
  /** Changes the tree before it is started: to make an actor crash. */
  readonly tree?: (deck: ActorSpec) => ActorSpec;
  /** Batches are cut into pieces of at most so many moments. */
  readonly slice?: number;
}

/** Groups of one `tSeen`, at most `size` groups to a batch. */
const sliced = (batch: readonly InputEvent[], size: number): (readonly InputEvent[])[] => {
  const moments: InputEvent[][] = [];
  for (const e of batch) {
    const last = moments.at(-1);
    if (last && last[0]?.tSeen === e.tSeen) last.push(e);
    else moments.push([e]);
  }
  const out: InputEvent[][] = [];
  for (let i = 0; i < moments.length; i += size) out.push(moments.slice(i, i + size).flat());
  return out;
};

/** Plays a tape through the production actors and the simulated exchange. */
export const played = (reader: TapeReader, options: PlayOptions = {}): Played => {
  const given = RunConfig.parse(options.config ?? {});
  const config = given.strategies.length > 0 ? given : { ...given, strategies: DEFAULT_STRATEGIES };
  const deck = deckTree(config, "t", bindAll(config.strategies, options.known ?? STRATEGIES));
  const events: TapeEvent[] = [];
  const decisions: string[] = [];
  const lines = new DecisionLines();
  const life: Lifecycle[] = [];
  const around = simulated(config, builtinScorer(directoryOf(COMPANIES)));
  const core = tradingCore({
    ...around,
    config,
    tree: options.tree?.(deck) ?? deck,
    digest: sha256,
    record: (e) => {
      events.push({ ...e });
      const line = lines.of(e);
      if (line !== null) decisions.push(line.trimEnd());
    },
    lifecycle: (e) => life.push(e),
    escalated: (path, error) => {
      throw new Error(`${path}: ${error}`);
    },
  });
  const source = new TapeSource(reader);
  for (let batch = source.next(); batch !== null; batch = source.next())
    for (const piece of options.slice === undefined ? [batch] : sliced(batch, options.slice)) core.feed(piece);
  return { ...core, exchange: around.exchange, events, decisions, life };
};
