import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bar, bar, halt } from "../../streams/domain/market.ts";
import { type Order, signOf } from "../../streams/domain/order.ts";
import { money, ms, orderId, SCALE, seq, type Ticker, ticker } from "../../streams/domain/units.ts";
import { simulatedExchange } from "../../streams/execution/exchange.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import { ExchangeJudge } from "../support/exchangeJudge.ts";
import { count, order, usd } from "../support/orders.ts";
import { FIRST_OPEN } from "../support/playing.ts";

const TICKERS = [ticker("AAPL"), ticker("MSFT")];
const BOOKS = ["one", "two"];
const MINUTE_MS = 60_000;
const CASH = 20_000 * SCALE;

interface Drawn {
  readonly symbol: number;
  readonly book: number;
  readonly side: "buy" | "sell";
  readonly kind: "market" | "limit" | "stop";
  readonly shares: number;
  readonly at: number;
  readonly bracket: readonly [number, number] | null;
  readonly reduceOnly: boolean;
  readonly isByCash: boolean;
  readonly isDay: boolean;
  /** How many orders back the one is that it waits for; 0: none. */
  readonly after: number;
}
type Step =
  | { readonly do: "submit"; readonly order: Drawn }
  | { readonly do: "cancel" | "replace"; readonly back: number; readonly leg: "" | ".sl" | ".tp"; readonly at: number }
  | { readonly do: "halt"; readonly symbol: number; readonly halted: boolean }
  | {
      readonly do: "bars";
      readonly bars: readonly (readonly [number, number, number, number, volume: number])[];
      readonly only: number;
    };

const price = fc.integer({ min: 90, max: 110 });
const symbol = fc.integer({ min: 0, max: 1 });
const bars = fc.array(fc.tuple(price, price, price, price, fc.constantFrom(0, 5, 60, 300, 5000)), { minLength: 2, maxLength: 2 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("submit" as const),
        order: fc.record({
          symbol,
          book: symbol,
          side: fc.constantFrom("buy" as const, "sell" as const),
          kind: fc.constantFrom("market" as const, "limit" as const, "stop" as const),
          shares: fc.constantFrom(1, 7, 40, 150, 0.5),
          at: price,
          bracket: fc.option(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }))),
          reduceOnly: fc.nat(3).map((n) => n === 0),
          isByCash: fc.nat(5).map((n) => n === 0),
          isDay: fc.boolean(),
          after: fc.constantFrom(0, 0, 0, 1, 2),
        }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom("cancel" as const, "replace" as const),
        back: fc.integer({ min: 1, max: 4 }),
        leg: fc.constantFrom("" as const, ".sl" as const, ".tp" as const),
        at: price,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("halt" as const), symbol, halted: fc.nat(2).map((n) => n === 0) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("bars" as const), bars, only: fc.integer({ min: 0, max: 3 }) }) },
  ),
  { minLength: 10, maxLength: 60 },
);
interface Run {
  readonly steps: readonly Step[];
  readonly slippage: number;
  readonly commission: number;
  readonly leverage: number;
  readonly volumeShare: number;
}
const runs: fc.Arbitrary<Run> = fc.record({
  steps,
  slippage: fc.constantFrom(0, 0.001),
  commission: fc.constantFrom(0, 0.002),
  leverage: fc.constantFrom(1, 2),
  volumeShare: fc.constantFrom(0.1, 1),
});

const barsOf = (step: Extract<Step, { do: "bars" }>, from: number): Bar[] =>
  TICKERS.flatMap((t, i) => {
    const drawn = step.bars[i];
    if (!drawn || step.only === i) return [];
    const [open, a, b, close, volume] = drawn;
    const [high, low] = [Math.max(open, a, b, close), Math.min(open, a, b, close)];
    return [bar(t, ms(from), ms(from + MINUTE_MS), open, high, low, close, volume, MINUTE_MS)];
  });

const orderOf = (d: Drawn, n: number, before: readonly Order[]): Order => {
  const t = TICKERS[d.symbol] as Ticker;
  const sign = signOf(d.side);
  const awaited = d.after === 0 ? undefined : before[before.length - d.after];
  return order({
    id: orderId(`run-${BOOKS[d.book]}-${t}-${n}`),
    ticker: t,
    side: d.side,
    kind: d.kind,
    qty: d.isByCash && !d.reduceOnly ? count(0) : count(d.shares),
    cashFraction: d.isByCash && !d.reduceOnly ? 0.5 : null,
    limitPx: d.kind === "limit" ? usd(d.at) : null,
    stopPx: d.kind === "stop" ? usd(d.at) : null,
    tif: d.isDay ? "day" : "gtc",
    bracket:
      d.bracket === null || d.reduceOnly
        ? null
        : { stopLoss: usd(d.at - sign * d.bracket[0]), takeProfit: usd(d.at + sign * d.bracket[1]) },
    reduceOnly: d.reduceOnly,
    after: awaited ? [awaited.id] : [],
  });
};

const play = (run: Run): number => {
  const { slippage, commission, leverage, volumeShare } = run;
  const exchange = simulatedExchange({
    costs: { slippage, commission },
    cash: money(CASH),
    fill: "path",
    volumeShare,
    leverage,
    dateOf: newYorkDate,
  });
  const judge = new ExchangeJudge({ ...run, cash: CASH, books: BOOKS });
  let at = FIRST_OPEN;

  const playBars = (step: Extract<Step, { do: "bars" }>): void => {
    const group = barsOf(step, at);
    judge.begin(group, exchange.working());
    judge.hear(exchange.onBars(group, ms(at)));
    judge.end();
    at += MINUTE_MS;
  };
  const playStep = (step: Step): void => {
    if (step.do === "bars") {
      playBars(step);
      return;
    }
    if (step.do === "halt") {
      const t = TICKERS[step.symbol] as Ticker;
      judge.halt(t, step.halted);
      exchange.note(halt(t, { tEvent: ms(at), tSeen: ms(at) }, step.halted, "drawn"));
      return;
    }
    if (step.do === "submit") {
      const o = orderOf(step.order, judge.sent.length + 1, judge.sent);
      judge.sent.push(o);
      judge.hear(exchange.submit(o, ms(at), seq(1)));
      return;
    }
    const one = judge.sent[judge.sent.length - step.back];
    if (!one) return;
    const id = orderId(`${one.id}${step.leg}`);
    const isWorking = exchange.working().some((o) => o.id === id);
    const replies =
      step.do === "cancel"
        ? exchange.cancel(id, one.ticker, ms(at), seq(1))
        : exchange.replace(id, { limitPx: usd(step.at), stopPx: usd(step.at), bracket: null }, ms(at), seq(1));
    if (step.do === "replace") expect(replies).toHaveLength(isWorking ? 1 : 0);
    judge.hear(replies);
  };

  for (const step of run.steps) playStep(step);
  for (const o of exchange.working()) expect(judge.ended.has(o.id)).toBe(false);
  for (const t of TICKERS) expect(exchange.positions().find((p) => p.ticker === t)?.shares ?? 0).toBe(judge.heldOf(t));
  return judge.fills;
};

describe("the simulated exchange, of any orders and bars", () => {
  it("gives no fill that no market could give", () => {
    let fills = 0;
    fc.assert(
      fc.property(runs, (run) => {
        fills += play(run);
      }),
      { numRuns: 1000, seed: 20250105 },
    );
    expect(fills).toBeGreaterThan(3000);
  });
});
