import { concatMap, filter, ignoreElements, map, merge, mergeMap, type Observable, take, tap } from "rxjs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { OrderAction } from "../../streams/domain/order.ts";
import { ticker } from "../../streams/domain/units.ts";
import { defineStrategy, type OrderNews, type StrategyInputs, type View } from "../../streams/strategies/define.ts";
import type { AnyStrategy } from "../../streams/strategies/registry.ts";
import { count } from "../support/orders.ts";
import type { Played } from "../support/playing.ts";
import { fillsOf, heldIn, minutesOf, ordering, pressed, scripted, viewing } from "../support/scripted.ts";

const AAPL = ticker("AAPL");
const bars = minutesOf(AAPL, Array<number>(12).fill(100));
const none = z.object({});
const buy = (n: number): OrderAction => ({ do: "submit", order: { side: "buy", kind: "market", qty: count(n), reason: "" } });
const withOrders = (name: string, orders: (inputs: StrategyInputs) => Observable<OrderAction>): AnyStrategy =>
  defineStrategy({ name, params: none, orders }) as unknown as AnyStrategy;
const typed = <T extends Played["events"][number]["type"]>(p: Played, type: T) => p.events.filter((e) => e.type === type);
const restartAll = (minute: number) => pressed(minute, { do: "actor", path: "deck/market", action: "restart" });

describe("a strategy that completes", () => {
  it("is done: it does not begin again to order again", () => {
    const once = withOrders("once", ({ bars$ }) =>
      bars$.pipe(
        take(1),
        map(() => buy(10)),
      ),
    );
    const p = scripted([once], bars);
    expect(fillsOf(p)).toEqual(["0 once AAPL buy 10 @ 100"]);
  });
});

describe("what a strategy holds", () => {
  const whenFlat = withOrders("late", ({ bars$, position$ }) =>
    bars$.pipe(
      concatMap(() => position$.pipe(take(1))),
      filter((h) => h.shares === 0),
      map(() => buy(10)),
    ),
  );

  it("is what it holds now, also for who asks late, and after a restart", () => {
    expect(heldIn(scripted([whenFlat], bars))).toEqual(["late AAPL 10"]);
    expect(heldIn(scripted([whenFlat], [...bars, restartAll(5)]))).toEqual(["late AAPL 10"]);
  });

  it("is told with a bar's fills before the bar", () => {
    const seen: number[] = [];
    const own = withOrders("own", ({ bars$, position$ }) =>
      merge(
        bars$.pipe(mergeMap((_, i) => (i === 1 ? [buy(10)] : []))),
        bars$.pipe(
          concatMap(() => position$.pipe(take(1))),
          tap((h) => void seen.push(h.shares)),
          ignoreElements(),
        ),
      ),
    );
    scripted([own], bars);
    expect(seen.slice(0, 4)).toEqual([0, 0, count(10), count(10)]);
  });
});

describe("what cannot be taken", () => {
  it("is refused on the tape with field and value, moves no target, and the strategy goes on", () => {
    const odd = defineStrategy({
      name: "odd",
      params: none,
      signals: ({ bars$ }) =>
        bars$.pipe(
          map(
            (b, i): View => ({
              score: i === 1 ? 50 : i === 2 ? Number.NaN : i === 3 ? 1 : 0,
              confidence: 1,
              reason: "",
              causes: [b.seq],
            }),
          ),
        ),
    }) as unknown as AnyStrategy;
    const p = scripted([odd], bars);
    expect(typed(p, "intent.refused")).toMatchObject([
      { strategy: "odd", ticker: AAPL, intent: "view", field: "score", value: "50" },
      { strategy: "odd", ticker: AAPL, intent: "view", field: "score", value: "NaN" },
    ]);
    expect(fillsOf(p)[0]).toMatch(/^3 ensemble AAPL buy/);
  });

  it("is 0 where it is −0, on the tape too", () => {
    const p = scripted([viewing("flat", (_t, n) => (n === 1 ? -0 : undefined))], bars);
    const [said] = typed(p, "signal.generated");
    expect(said).toMatchObject({ type: "signal.generated", score: 0 });
    expect(Object.is((said as { score: number }).score, 0)).toBe(true);
  });

  it("is told to the strategy whose order it was", () => {
    const heard: OrderNews[] = [];
    const own = ordering(
      "own",
      (_t, n) => (n === 1 ? [{ do: "submit", order: { side: "buy", kind: "limit", qty: count(1), reason: "" } }] : []),
      heard,
    );
    const p = scripted([own], bars);
    expect(typed(p, "risk.verdict")).toEqual([]);
    expect(heard).toMatchObject([{ orderId: null, is: "refused", reason: expect.stringContaining("order.limitPx undefined") }]);
  });

  it("is an order while the portfolio is stopped: the strategy is told", () => {
    const heard: OrderNews[] = [];
    const own = ordering("own", (_t, n) => (n === 4 ? [buy(1)] : []), heard);
    const stop = pressed(2, { do: "actor", path: "deck/money/portfolio", action: "stop" });
    const p = scripted([own], [...bars, stop, pressed(6, { do: "actor", path: "deck/money/portfolio", action: "restart" })]);
    expect(heard.map((h) => [h.is, h.reason])).toEqual([["refused", expect.stringContaining("deck/money/portfolio is stopped")]]);
    expect(fillsOf(p)).toEqual([]);
  });
});

describe("chance that a strategy is given", () => {
  const draws = (seed: number): number[] => {
    const drawn: number[] = [];
    const lucky = withOrders("lucky", ({ bars$, rng }) =>
      bars$.pipe(
        tap(() => void drawn.push(rng.next())),
        ignoreElements(),
      ),
    );
    scripted([lucky], bars, { seed });
    return drawn;
  };

  it("is the same in each replay, and another with another seed", () => {
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
    expect(draws(1).every((x) => x >= 0 && x < 1)).toBe(true);
  });
});
