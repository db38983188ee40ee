import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atMomentEnd, type Effect } from "../../../actors/actor.ts";
import { ensembleActor } from "../../../actors/ensemble.ts";
import { type Command, controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { tradingStopped } from "../../../streams/domain/limits.ts";
import { RunConfig } from "../../../streams/domain/run.ts";
import { type Signal, signal, type Target, target } from "../../../streams/domain/signal.ts";
import { money, ms, seq, type Ticker, ticker } from "../../../streams/domain/units.ts";
import { given, said } from "../../support/given.ts";
import { group, rig, scribe } from "../../support/kernelRig.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const config = RunConfig.parse({ ensemble: { threshold: 0.1, hysteresis: 0.1 } });
const three = new Map([
  ["a", 1],
  ["b", 1],
  ["c", 2],
]);
let seqs = 0;
const view = (strategy: string, score: number, of: Ticker = AAPL): Signal => ({
  ...signal({ strategy, ticker: of, score, confidence: 1, reason: "", causes: [] }),
  seq: seq(++seqs),
});
const press = (command: Command) => controlCommand("me", command, ms(1));
const targets = (effects: readonly Effect[]): Target[] =>
  effects.flatMap((e) => (e.fx === "emit" && e.event.type === "target.set" ? [e.event] : []));
const strengths = (effects: readonly Effect[]) => targets(effects).map((t) => `${t.ticker} ${t.strength}`);
const ensemble = (recalled: readonly TapeEvent[] = []) => given(ensembleActor(config, three), recalled);

/** What it comes to when views come in one moment, through the kernel. */
const inOneMoment = (weights: ReadonlyMap<string, number>, ...views: readonly Signal[]): string[] => {
  const deck = group("deck", [group("ideas", [ensembleActor(config, weights)])]);
  const r = rig(deck);
  for (const v of views) r.kernel.deliver(v);
  r.kernel.drain();
  expect(r.emitted).toEqual([]);
  r.kernel.endMoment();
  return r.emitted.flatMap(({ event: e }) => (e.type === "target.set" ? [`${e.ticker} ${e.strength.toFixed(12)}`] : []));
};

describe("the ensemble", () => {
  it("sets one target for each ticker when all have spoken at a moment", () => {
    const told = inOneMoment(three, view("a", 1), view("b", -1), view("c", 1), view("a", 1, MSFT), view("c", 1, MSFT));
    expect(told).toEqual(["AAPL 0.500000000000", "MSFT 0.750000000000"]);
  });

  it("weighs those without a view as if they saw nothing, and strangers not at all", () => {
    const e = ensemble();
    expect(strengths(e.when(view("a", 1)))).toEqual(["AAPL 0.25"]);
    expect(e.when(view("stranger", 1))).toEqual([]);
  });

  it("counts the newest view of each strategy", () => {
    expect(inOneMoment(three, view("a", 1), view("c", -1), view("a", -1), view("b", -1))).toEqual(["AAPL -1.000000000000"]);
  });

  it("comes to the same in whatever order strategies speak, and whatever they are called", () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    const some = fc.array(fc.tuple(score, fc.constantFrom(0.1, 0.7, 1, 3)), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(some, fc.array(fc.nat(), { minLength: 6, maxLength: 6 }), (all, keys) => {
        const named = (prefix: string) => all.map(([s, w], i) => ({ name: `${prefix}${i}`, score: s, weight: w }));
        const shuffled = named("z")
          .map((v, i) => [keys[i] ?? 0, v] as const)
          .sort(([x], [y]) => x - y)
          .map(([, v]) => v);
        const told = (list: ReturnType<typeof named>) =>
          inOneMoment(new Map(list.map((v) => [v.name, v.weight])), ...list.map((v) => view(v.name, v.score)));
        expect(told(shuffled)).toEqual(told(named("s")));
      }),
      { numRuns: 60 },
    );
  });

  it("says which views a target is made of", () => {
    const e = ensemble();
    const one = view("a", 1);
    expect(targets(e.when(one))[0]?.contributions).toEqual([
      { strategy: "a", signal: one.seq, weight: 1, score: 1, confidence: 1 },
    ]);
  });

  it("decides at its turn of the moment, before orders are made", () => {
    const behaviour = ensembleActor(config, three).behaviour;
    if (!behaviour || !("receive" in behaviour)) throw new Error("no state machine");
    const context = {} as Parameters<typeof behaviour.initial>[0];
    const [, effect] = behaviour.receive(behaviour.initial(context), view("a", 1), context);
    expect(effect).toEqual(atMomentEnd(1, AAPL, { type: "decide", ticker: AAPL }));
  });

  it("passes the orders of strategies on, not those of strangers", () => {
    const wants = (strategy: string) => ({ type: "wants", strategy, ticker: AAPL, origin: seq(1), action: { do: "cancelAll" } });
    const e = ensemble();
    expect(said(e.when(wants("a")))).toEqual(["tell portfolio wants"]);
    expect(e.when(wants("stranger"))).toEqual([]);
    const r = rig(group("deck", [group("money", [scribe("portfolio", [])]), group("ideas", [ensembleActor(config, three)])]));
    r.tell("deck/ideas/ensemble", wants("a"));
    r.run();
    expect(r.kernel.undelivered).toBe(0);
  });
});

describe("after a close", () => {
  it("the views that stood are void: each counts again only when it is said anew", () => {
    const e = ensemble();
    e.when(view("a", 1));
    e.when(view("c", 1));
    e.when(press({ do: "close", ticker: AAPL }));
    expect(strengths(e.when(view("a", 1)))).toEqual(["AAPL 0.25"]);
  });

  it.each([
    ["close of everything", press({ do: "closeAll" })],
    ["kill", press({ do: "kill", reason: "" })],
    ["stop of the deck by itself", tradingStopped("broke", money(-1))],
  ])("also of every ticker: by a %s", (_what, event) => {
    const e = ensemble();
    e.when(view("a", 1));
    e.when(view("a", 1, MSFT));
    e.when(event);
    expect(strengths(e.when(view("c", 1)))).toEqual(["AAPL 0.5"]);
    expect(strengths(e.when(view("c", 1, MSFT)))).toEqual(["MSFT 0.5"]);
  });

  it("of one ticker those of the others stand", () => {
    const e = ensemble();
    e.when(view("a", 1, MSFT));
    e.when(press({ do: "close", ticker: AAPL }));
    expect(strengths(e.when(view("c", 1, MSFT)))).toEqual(["MSFT 0.75"]);
  });

  it("a pause or a resume makes no view void", () => {
    const e = ensemble();
    e.when(view("a", 1));
    e.when(press({ do: "pause", reason: "" }));
    e.when(press({ do: "resume" }));
    expect(strengths(e.when(view("c", 1)))).toEqual(["AAPL 0.75"]);
  });
});

describe("an ensemble that starts again", () => {
  it("asks for the newest view of each strategy and ticker", () => {
    const { recalls } = ensembleActor(config, three);
    expect(recalls).toContainEqual({ type: "signal.generated", last: 1, by: "strategy" });
  });

  it("has every view that stood, and repeats no target", () => {
    const stood = { ...target({ ticker: AAPL, strength: 0.75, weight: 0.075, contributions: [] }), seq: seq(++seqs) };
    const e = ensemble([view("a", 1), view("c", 1), stood]);
    expect(strengths(e.first)).toEqual([]);
    expect(strengths(e.when(view("b", 1)))).toEqual(["AAPL 1"]);
  });

  it("has no view from before a close", () => {
    const e = ensemble([view("a", 1), view("c", 1), press({ do: "close", ticker: AAPL }), view("a", 1)]);
    expect(strengths(e.when(view("b", 1)))).toEqual(["AAPL 0.5"]);
  });

  it("decides on what it had heard and not decided", () => {
    const told: string[] = [];
    const deck = group("deck", [group("ideas", [ensembleActor(config, three)])]);
    const r = rig(deck, { tape: [view("a", 1), view("c", 1)] });
    r.kernel.control("deck/ideas/ensemble", "restart");
    r.kernel.drain();
    r.kernel.endMoment();
    for (const { event: e } of r.emitted) if (e.type === "target.set") told.push(`${e.ticker} ${e.strength}`);
    expect(told).toEqual(["AAPL 0.75"]);
  });
});
