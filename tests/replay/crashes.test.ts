import { map } from "rxjs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { controlCommand } from "../../streams/domain/control.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { ms, SCALE, ticker } from "../../streams/domain/units.ts";
import { imbalance } from "../../streams/portfolio/ledger.ts";
import { defineStrategy } from "../../streams/strategies/define.ts";
import { type AnyStrategy, STRATEGIES } from "../../streams/strategies/registry.ts";
import { changed, crashOnce } from "../support/crashing.ts";
import { market, minutely, type PlayOptions, played, taped } from "../support/playing.ts";

const day: readonly InputEvent[] = market(
  { seed: 5, tickers: ["AAPL", "MSFT", "NVDA"].map(ticker), barMs: 300_000, volatility: 3, newsPerDay: 60, halts: false },
  4,
);
const config: NonNullable<PlayOptions["config"]> = {
  sizing: { by: "weight", maxWeight: 0.3 },
  risk: { maxDailyLossFraction: 0.002, maxPositionFraction: 0.3, maxGrossExposure: 0.8 },
  costs: { commission: 0.0005, slippage: 0.0002 },
  ensemble: { threshold: 0.05, hysteresis: 0.05 },
};
const play = (options: PlayOptions = {}) => played(taped(day), { config, ...options });

/** What was done with money: times, sides, sizes and prices, whatever the ids. */
const deeds = (p: ReturnType<typeof play>) => ({
  fills: p.events.flatMap((e) => (e.type === "order.filled" ? [`${e.tSeen} ${e.ticker} ${e.side} ${e.qty} ${e.px}`] : [])),
  verdicts: p.events.flatMap((e) =>
    e.type === "risk.verdict" ? [`${e.tSeen} ${e.ticker} ${e.asked} ${e.granted} ${JSON.stringify(e.denial)}`] : [],
  ),
  cash: p.collector.ledger.cash,
  held: p.exchange.positions().map((h) => `${h.ticker} ${h.shares}`),
});

describe("a crash in the middle of a run", () => {
  const calm = play();
  const undisturbed = deeds(calm);

  it("would be noticed: the day has fills, denials and a halt by loss", () => {
    expect(undisturbed.fills.length).toBeGreaterThan(20);
    expect(undisturbed.verdicts.some((v) => v.includes("DAILY_LOSS"))).toBe(true);
  });

  const places = [
    ["portfolio", "target.set", [1, 2, 5, 12, 25, 40]],
    ["portfolio", "market.bar", [1, 7, 100, 234, 235, 236, 400]],
    ["portfolio", "order.filled", [1, 3, 10, 20]],
    ["portfolio", "order.submitted", [1, 4, 11]],
    ["portfolio", "risk.verdict", [1, 2, 9]],
    ["executor", "approved", [1, 3, 15]],
    ["executor", "order.accepted", [1, 6]],
    ["executor", "order.filled", [2, 8]],
    ["risk", "proposed", [1, 4, 20]],
  ] as const;
  for (const [actor, type, at] of places)
    it.each(at)(`of the ${actor} on its ${type} number %i leaves the money as it would have been`, (nth) => {
      const crash = crashOnce((m) => m.type === type, nth);
      const p = play({ tree: (deck) => changed(deck, `deck/money/${actor}`, crash.on) });
      expect(p.life.filter((e) => e.kind === "crashed").map((e) => e.path)).toEqual([`deck/money/${actor}`]);
      expect(deeds(p)).toEqual(undisturbed);
      expect(imbalance(p.collector.ledger)).toBe(0);
      expect(p.collector.ledger.cash).toBe(p.exchange.cash());
    });

  it.each([1, 2, 30])("of the ensemble on signal %i leaves the standing target standing", (nth) => {
    const crash = crashOnce((m) => m.type === "signal.generated", nth);
    const p = play({ tree: (deck) => changed(deck, "deck/ideas/ensemble", crash.on) });
    expect(p.life.some((e) => e.kind === "crashed")).toBe(true);
    expect(deeds(p)).toEqual(undisturbed);
  });
});

describe("a strategy that throws", () => {
  const broken = defineStrategy({
    name: "broken",
    params: z.object({ at: z.number() }),
    warmup: () => 5,
    signals: ({ bars$ }, { at }) =>
      bars$.pipe(
        map((bar) => {
          if (bar.close === at) throw new Error(`cannot stand ${at}`);
          return { score: bar.close > bar.open ? 1 : -1, confidence: 1, reason: "up or down", causes: [bar.seq] };
        }),
      ),
  });
  const known = new Map<string, AnyStrategy>([...STRATEGIES, ["broken", broken as unknown as AnyStrategy]]);
  const closes = Array.from({ length: 40 }, (_, i) => 100 + ((i * 7) % 5) + i / 10);
  const bad = closes[20] as number;
  const tape = () => [
    ...minutely(closes),
    ...minutely(
      closes.map((c) => c * 2),
      ticker("MSFT"),
    ),
  ];
  const run = (at: number) =>
    played(taped(tape()), { known, config: { strategies: [{ name: "broken", params: { at } }], risk: { enabled: false } } });

  it("loses one bar of one ticker, to the dead letters, after two tries; the run goes on", () => {
    const p = run(bad);
    const path = "deck/market/tickers/AAPL/broken";
    expect(p.life.filter((e) => e.kind === "crashed").map((e) => e.path)).toEqual([path, path]);
    const letters = p.door.kernel.deadLetters();
    expect(letters.map((l) => [l.path, (l.message as { close: number }).close])).toEqual([[path, bad]]);
    const signals = (of: ReturnType<typeof run>, symbol: string) =>
      of.events.flatMap((e) => (e.type === "signal.generated" && e.ticker === symbol ? [e.causes.length] : []));
    const whole = run(-1);
    expect(signals(p, "AAPL")).toHaveLength(39);
    expect(signals(whole, "AAPL")).toHaveLength(40);
    expect(p.decisions.filter((d) => d.includes("MSFT") && d.startsWith("S"))).toEqual(
      whole.decisions.filter((d) => d.includes("MSFT") && d.startsWith("S")),
    );
  });

  it("has the same lives and the same decisions every time", () => {
    const [a, b] = [run(bad), run(bad)];
    expect(b.life).toEqual(a.life);
    expect(b.hash.hex()).toBe(a.hash.hex());
  });

  it("is not told a bar twice when its ticker's actor crashes on it", () => {
    const seen: number[] = [];
    const counting = defineStrategy({
      name: "counting",
      params: z.object({}),
      warmup: () => 2,
      signals: ({ bars$ }) =>
        bars$.pipe(
          map((bar) => {
            seen.push(bar.seq);
            return { score: 0, confidence: 0, reason: "", causes: [] };
          }),
        ),
    });
    const names = new Map<string, AnyStrategy>([["counting", counting as unknown as AnyStrategy]]);
    const crash = crashOnce((m) => m.type === "market.bar", 5);
    const p = played(taped(minutely(closes)), {
      known: names,
      config: { strategies: [{ name: "counting" }] },
      tree: (deck) =>
        changed(deck, "deck/market/tickers", (tickers) => {
          const behaviour = tickers.behaviour;
          if (!behaviour || !("receive" in behaviour)) throw new Error("no state machine");
          return {
            ...tickers,
            behaviour: {
              ...behaviour,
              receive: (state, msg, context) => {
                const [next, ...effects] = behaviour.receive(state, msg, context);
                return [next, ...effects.map((e) => (e.fx === "spawn" ? { ...e, child: crash.on(e.child) } : e))];
              },
            },
          };
        }),
    });
    expect(p.life.filter((e) => e.kind === "crashed").map((e) => e.path)).toEqual(["deck/market/tickers/AAPL"]);
    const fresh = [...new Set(seen)];
    expect(fresh).toHaveLength(closes.length);
    // one bar of warm-up is told again; the one it crashed on comes after it, once
    expect(seen.filter((s, i) => seen.indexOf(s) !== i)).toEqual([fresh[3]]);
  });
});

describe("the actor that follows the tickers", () => {
  it("follows them again after a restart", () => {
    const restart = controlCommand(
      "me",
      { do: "actor", path: "deck/market/tickers", action: "restart" },
      ms(day[500]?.tSeen ?? 0),
    );
    const signalsAfter = (p: ReturnType<typeof play>) =>
      p.events.filter((e) => e.type === "signal.generated" && e.tSeen > restart.tSeen).length;
    const restarted = played(taped([...day, restart]), { config });
    expect(signalsAfter(play())).toBeGreaterThan(50);
    expect(signalsAfter(restarted)).toBe(signalsAfter(play()));
  });
});

describe("an account told again after a crash", () => {
  it("still measures the day's loss from the equity the day began with", () => {
    const denials = (p: ReturnType<typeof play>) =>
      p.events.flatMap((e) =>
        e.type === "risk.verdict" && e.denial?.code === "DAILY_LOSS_EXCEEDS_LIMIT" ? [e.denial.loss] : [],
      );
    const crash = crashOnce((m) => m.type === "market.bar", 60);
    const p = play({ tree: (deck) => changed(deck, "deck/money/portfolio", crash.on) });
    expect(denials(p)).toEqual(denials(play()));
    expect(denials(p).every((loss) => loss > 0.002 * 90_000 * SCALE)).toBe(true);
  });
});
