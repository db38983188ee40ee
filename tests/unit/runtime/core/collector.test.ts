import { describe, expect, it } from "vitest";
import { Collector } from "../../../../runtime/core/collector.ts";
import type { TapeEvent } from "../../../../streams/domain/event.ts";
import { bar } from "../../../../streams/domain/market.ts";
import { fill, orderSubmitted } from "../../../../streams/domain/order.ts";
import { money, ms, orderId, SCALE, seq, ticker } from "../../../../streams/domain/units.ts";
import { count, order, usd } from "../../../support/orders.ts";
import { daily, played, taped } from "../../../support/playing.ts";

const AAPL = ticker("AAPL");

describe("the books of a run", () => {
  const costs = { commission: 0.001, slippage: 0.01 };
  const filled = (at: number, side: "buy" | "sell", price: number): TapeEvent =>
    fill({
      ticker: AAPL,
      orderId: orderId(`${side}${at}`),
      fillId: `${at}`,
      side,
      qty: count(10),
      px: usd(price),
      commission: money(price * 10 * 1000),
      leaves: count(0),
      tEvent: ms(at),
      tSeen: ms(at),
      cause: seq(0),
    });
  const closing = (at: number, close: number): TapeEvent => bar(AAPL, ms(at - 1), ms(at), close, close, close, close, 1, 1);

  it("mark each bar at its close, before the next bar's fills, though both are of one moment", () => {
    const c = new Collector(money(10_000 * SCALE), { commission: 0.001, slippage: 0 });
    for (const e of [closing(1, 100), filled(1, "buy", 100), closing(2, 110), filled(2, "sell", 110), closing(3, 110)])
      if (e.type === "market.bar") c.bar(e);
      else c.note(e);
    expect([...c.equity().ts]).toEqual([1, 2, 3]);
    expect([...c.equity().value]).toEqual([10_000, 10_099, 10_097.9]);
    expect(c.trades.map((t) => t.pnl / SCALE)).toEqual([97.9]);
    expect(c.ledger.commissions).toBe(2.1 * SCALE);
  });

  it("count slippage as what it took, on both sides", () => {
    const c = new Collector(money(10_000 * SCALE), costs);
    c.note(orderSubmitted(order({ id: orderId("buy1") })));
    c.note(orderSubmitted(order({ id: orderId("sell2"), side: "sell" })));
    c.note(filled(1, "buy", 101));
    expect(c.slippageUsd).toBeCloseTo(10, 9);
    c.note(filled(2, "sell", 99));
    expect(c.slippageUsd).toBeCloseTo(20, 9);
  });

  it("agree with the exchange and cost what the settings say, in a whole run", () => {
    const closes = Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i / 3));
    const p = played(taped(daily(closes.map((c) => ({ open: c, high: c, low: c, close: c })))), {
      config: {
        strategies: [{ name: "sma_cross", params: { fast: 2, slow: 4 } }],
        sizing: { by: "shares", shares: 10 },
        risk: { enabled: false },
        costs,
      },
    });
    const { ledger, slippageUsd, trades } = p.collector;
    expect(trades.length).toBeGreaterThan(4);
    expect(ledger.cash).toBe(p.exchange.cash());
    expect(ledger.commissions / SCALE).toBeCloseTo(ledger.tradedUsd * 0.001, 3);
    expect(slippageUsd / ledger.tradedUsd).toBeCloseTo(0.01, 3);
  });
});
