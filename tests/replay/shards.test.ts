import { describe, expect, it } from "vitest";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { tradingCore } from "../../runtime/core/tradingCore.ts";
import { simulated } from "../../runtime/core/venue.ts";
import { Answers } from "../../runtime/live/wire/answers.ts";
import type { Placed } from "../../runtime/live/wire/chunk.ts";
import { shardOf } from "../../runtime/live/wire/names.ts";
import { isShardable, ShardEngine } from "../../runtime/live/wire/shardEngine.ts";
import { asSeen } from "../../runtime/live/wire/shards.ts";
import { deckTree } from "../../runtime/tree.ts";
import type { InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { ticker } from "../../streams/domain/units.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { bindAll, DEFAULT_STRATEGIES, STRATEGIES } from "../../streams/strategies/registry.ts";

const TICKERS = ["AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "JPM", "KO", "IBM"].map(ticker);
const SHARDS = 3;
const scorer = builtinScorer();
const config = RunConfig.parse({ strategies: DEFAULT_STRATEGIES });
const strategies = bindAll(config.strategies, STRATEGIES);

const market = (moments: number): readonly (readonly InputEvent[])[] => {
  const one = generatedMarket({ seed: 11, tickers: TICKERS, start: "2025-02-03", newsPerDay: 60, quotesPerBar: 1 });
  return Array.from({ length: moments }, () => one.next().map((e) => structuredClone(e)));
};
const copies = (moments: readonly (readonly InputEvent[])[]) => moments.map((m) => structuredClone(m));
const placed = (moment: readonly InputEvent[]): readonly Placed[] => moment.map((event, place) => ({ event, place }));

interface Outcome {
  readonly hash: string;
  readonly events: readonly string[];
  readonly fills: number;
}
const played = (
  bound: typeof strategies,
  moments: readonly (readonly InputEvent[])[],
  before: (m: readonly InputEvent[]) => void,
) => {
  const tape: TapeEvent[] = [];
  const core = tradingCore({
    ...simulated(config, scorer),
    config,
    tree: deckTree(config, "r", bound),
    digest: sha256,
    record: (event) => tape.push(event),
  });
  const play = (moment: readonly InputEvent[]): void => {
    before(moment);
    core.feed(moment);
  };
  for (const moment of moments) play(moment);
  const outcome: Outcome = { hash: core.hash.hex(), events: tape.map((e) => JSON.stringify(e)), fills: core.collector.fills };
  return { ...outcome, tape };
};

const engineFor = (shard: number, shards: number): ShardEngine =>
  new ShardEngine({
    config,
    strategies: strategies.filter(isShardable),
    owns: (t) => shardOf(t, shards) === shard,
    escalated: (path, error) => {
      throw new Error(`${path}: ${error}`);
    },
  });

describe("strategies computed in shards", () => {
  const moments = market(2_500);
  const direct = played(strategies, copies(moments), () => {});

  it("trades at all", () => expect(direct.fills).toBeGreaterThan(50));

  it("leave the same tape, entry for entry, as those computed in the core", () => {
    const answers = new Answers(SHARDS);
    const engines = Array.from({ length: SHARDS }, (_, i) => engineFor(i, SHARDS));
    const split = played(
      strategies.map((s) => answers.standIn(s)),
      copies(moments),
      (moment) => {
        answers.know(placed(moment));
        for (const engine of engines) answers.add(engine.feed(asSeen(placed(moment), scorer)));
      },
    );
    expect(split.events).toEqual(direct.events);
    expect(split.hash).toBe(direct.hash);
  });

  it("leave the same tape when a shard is rebuilt from the tape by another holder, again and again", () => {
    const answers = new Answers(1);
    let engine = engineFor(0, 1);
    let n = 0;
    const tape: TapeEvent[] = [];
    const core = tradingCore({
      ...simulated(config, scorer),
      config,
      tree: deckTree(
        config,
        "r",
        strategies.map((s) => answers.standIn(s)),
      ),
      digest: sha256,
      record: (event) => tape.push(event),
    });
    for (const moment of copies(moments)) {
      n += 1;
      if (n % 700 === 0) {
        engine = engineFor(0, 1);
        for (const event of tape) engine.recall(structuredClone(event));
      }
      answers.know(placed(moment));
      answers.add(engine.feed(asSeen(placed(moment), scorer)));
      core.feed(moment);
    }
    expect(tape.map((e) => JSON.stringify(e))).toEqual(direct.events);
  });

  it("are those that look at prices and news alone", () => {
    const all = bindAll(
      [...STRATEGIES.keys()].map((name) => ({ name, enabled: true, weight: 1, params: {} })),
      STRATEGIES,
    );
    const split = all.filter(isShardable).map((s) => s.name);
    expect(split).toEqual(expect.arrayContaining(["momentum", "meanReversion", "newsDriven", "sma_cross"]));
    expect(split).not.toContain("rsi_bracket");
    expect(split).not.toContain("channel_breakout");
  });

  it("share the tickers out among the shards", () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 2_000; i++) {
      const name = String.fromCharCode(65 + (i % 26), 65 + (Math.floor(i / 26) % 26), 65 + Math.floor(i / 676));
      counts.set(shardOf(name, 8), (counts.get(shardOf(name, 8)) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(150);
  });
});
