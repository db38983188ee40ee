import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fill } from "../../../../streams/domain/order.ts";
import type { Trade } from "../../../../streams/domain/portfolio.ts";
import { ms, notional, orderId, qty, ratio, SCALE, seq, ticker, toFloat, toPx, usd } from "../../../../streams/domain/units.ts";
import { computeStats } from "../../../../streams/metrics/stats.ts";
import { applyFill, equity, mark, openLedger } from "../../../../streams/portfolio/ledger.ts";

interface Case {
  readonly name: string;
  readonly data: string;
  readonly bars: number;
  readonly cash: number;
  readonly commission: number;
  readonly expect: Record<"equity_final" | "total_return" | "max_drawdown" | "trades" | "win_rate" | "commissions", number> & {
    readonly equity_every_50_bars: readonly number[];
  };
  readonly trades: readonly {
    readonly entry: string;
    readonly exit: string;
    readonly size: number;
    readonly entry_price: number;
    readonly exit_price: number;
    readonly pnl: number;
  }[];
}

const shared = process.env.TAPEDECK_SHARED ?? resolve("../shared");
const folder = join(shared, "cases");
/** Runs that ended flat: their trades are all there was. */
const cases = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Case)
  .filter((c) => Math.abs(c.trades.reduce((sum, t) => sum + t.pnl, c.cash) - c.expect.equity_final) < 0.01);

const closesOf = (c: Case): readonly (readonly [string, number])[] => {
  const [head = "", ...rows] = readFileSync(join(shared, "data", c.data), "utf8")
    .trim()
    .split(/\r?\n/);
  const names = head.toLowerCase().split(",");
  return rows.map((row) => row.split(",")).map((cells) => [cells[0] ?? "", Number(cells[names.indexOf("close")])]);
};

const AAPL = ticker("AAPL");
/** The other engine's trades, put through our ledger and marked at each close. */
const replayed = (c: Case) => {
  const ledger = openLedger(usd(c.cash));
  const trades: Trade[] = [];
  const closes = closesOf(c).slice(0, c.bars);
  let count = 0;
  const trade = (day: string, size: number, price: number): void => {
    const at = ms(Date.parse(day));
    const [amount, paid] = [qty(Math.abs(size) * SCALE), toPx(price)];
    const commission = ratio(notional(paid, amount), c.commission);
    const head = { ticker: AAPL, orderId: orderId("x"), leaves: qty(0), tEvent: at, tSeen: at, cause: seq(0) };
    const one = fill({ ...head, fillId: String(++count), side: size > 0 ? "buy" : "sell", qty: amount, px: paid, commission });
    trades.push(...applyFill(ledger, one));
  };
  const value = closes.map(([day, close]) => {
    // What was held leaves before what is new comes; a round trip within the day does both.
    for (const t of c.trades) if (t.exit === day && t.entry !== day) trade(day, -t.size, t.exit_price);
    for (const t of c.trades) if (t.entry === day) trade(day, t.size, t.entry_price);
    for (const t of c.trades) if (t.exit === day && t.entry === day) trade(day, -t.size, t.exit_price);
    mark(ledger, AAPL, close);
    return toFloat(equity(ledger));
  });
  const series = { ts: Float64Array.from(closes, ([day]) => Date.parse(day)), value: Float64Array.from(value) };
  return { ledger, trades, series };
};

describe("against another engine's runs", () => {
  if (cases.length === 0) it.skip("needs recorded cases in TAPEDECK_SHARED or ../shared, and there are none", () => {});
  it.each(cases.map((c) => [c.name, c] as const))("%s: the same trades come to the same statistics", (_name, c) => {
    const { ledger, trades, series } = replayed(c);
    const stats = computeStats({
      equity: series,
      trades,
      bars: c.bars,
      barsInMarket: 0,
      tradedUsd: ledger.tradedUsd,
      commissionsUsd: toFloat(ledger.commissions),
      slippageUsd: 0,
    });
    expect(trades.map((t) => toFloat(t.pnl))).toEqual(c.trades.map((t) => expect.closeTo(t.pnl, 2)));
    expect(stats.trades).toBe(c.expect.trades);
    expect(stats.win_rate).toBeCloseTo(c.expect.win_rate, 9);
    expect(stats.total_return).toBeCloseTo(c.expect.total_return, 6);
    expect(stats.max_drawdown).toBeCloseTo(c.expect.max_drawdown, 6);
    expect(stats.equity_final).toBeCloseTo(c.expect.equity_final, 2);
    expect(stats.commissions).toBeCloseTo(c.expect.commissions, 2);
    const marks = c.expect.equity_every_50_bars.map((v) => expect.closeTo(v, 2));
    expect([...series.value].filter((_v, i) => i % 50 === 0)).toEqual(marks);
  });
});
