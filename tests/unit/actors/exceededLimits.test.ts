import { describe, expect, it } from "vitest";
import { ExceededLimits } from "../../../actors/exceededLimits.ts";
import { type Fill, fill } from "../../../streams/domain/order.ts";
import { RiskLimits } from "../../../streams/domain/run.ts";
import { money, ms, orderId, SCALE, seq, ticker } from "../../../streams/domain/units.ts";
import { applyFill, mark, openLedger } from "../../../streams/portfolio/ledger.ts";
import { count, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
let serial = 0;
const filled = (side: "buy" | "sell", n: number, px: number, symbol = AAPL): Fill => {
  serial += 1;
  return fill({
    ticker: symbol,
    orderId: orderId(`r-ensemble-${symbol}-${serial}`),
    fillId: `f${serial}`,
    side,
    qty: count(n),
    px: usd(px),
    commission: money(0),
    leaves: count(0),
    tEvent: ms(1),
    tSeen: ms(1),
    cause: seq(0),
  });
};

/** An account of 10,000 USD; at most 20 % in one ticker and 50 % in all. */
const account = (limits: Partial<RiskLimits> = {}) => {
  const ledger = openLedger(money(10_000 * SCALE));
  const exceeded = new ExceededLimits({ ...RiskLimits.parse({ maxGrossExposure: 0.5 }), ...limits });
  mark(ledger, AAPL, 100);
  mark(ledger, MSFT, 100);
  return {
    exceeded,
    fills: (f: Fill) => {
      applyFill(ledger, f);
      return exceeded.filled(ledger, f).map((e) => [e.limit, e.value / SCALE, e.most / SCALE]);
    },
    price: (usdPrice: number, symbol = AAPL) => {
      mark(ledger, symbol, usdPrice);
      exceeded.marked(symbol);
      return exceeded.within(ledger).map((l) => `${l.limit} ${l.ticker}`);
    },
  };
};

describe("a fill", () => {
  it("at the price that was judged exceeds nothing", () => {
    expect(account().fills(filled("buy", 20, 100))).toEqual([]);
  });

  it("at a gap is told with the numbers, by the price that was paid and not by the mark of before", () => {
    const { fills, exceeded } = account();
    expect(fills(filled("buy", 20, 150))).toEqual([["position", 3_000, 2_000]]);
    expect(exceeded.first()).toMatchObject({ ticker: AAPL, limit: "position" });
  });

  it("past several limits tells each of them", () => {
    const told = account().fills(filled("buy", 101, 100));
    expect(told.map(([limit]) => limit)).toEqual(["position", "gross", "leverage"]);
  });

  it("is told once, and again only for another ticker's position", () => {
    const { fills } = account();
    expect(fills(filled("buy", 20, 150))).toHaveLength(1);
    expect(fills(filled("buy", 1, 150))).toEqual([]);
    expect(fills(filled("buy", 21, 100, MSFT)).map(([limit]) => limit)).toEqual(["position"]);
  });

  it("that only reduces tells nothing, however far the account is past its limits", () => {
    const { fills, exceeded } = account();
    fills(filled("buy", 40, 100));
    exceeded.drop({ ticker: AAPL, limit: "position" });
    expect(fills(filled("sell", 5, 100))).toEqual([]);
  });

  it("of a short counts like one of a long", () => {
    expect(
      account()
        .fills(filled("sell", 30, 100))
        .map(([limit]) => limit),
    ).toEqual(["position"]);
  });

  it("tells nothing where limits are turned off", () => {
    expect(account({ enabled: false }).fills(filled("buy", 90, 100))).toEqual([]);
  });
});

describe("an exceeded limit", () => {
  it("ends when a price after the fill has the account within it, not by the mark of before the gap", () => {
    const { fills, exceeded, price } = account();
    fills(filled("buy", 20, 150));
    expect(price(100, MSFT)).toEqual([]);
    expect(price(150)).toEqual([]);
    expect(exceeded.size).toBe(1);
    expect(price(100)).toEqual([]); // the loss of the gap has made the limit smaller too
    expect(price(85)).toEqual(["position AAPL"]);
    expect([exceeded.size, exceeded.first()]).toEqual([0, null]);
  });

  it("ends when so much of it is sold", () => {
    const { fills, price } = account();
    fills(filled("buy", 20, 150));
    fills(filled("sell", 10, 150));
    expect(price(150)).toEqual(["position AAPL"]);
  });

  it("ends without a new price of its ticker when nothing of it is held any more", () => {
    const { fills, price } = account();
    fills(filled("buy", 20, 150));
    fills(filled("sell", 20, 150));
    expect(price(100, MSFT)).toEqual(["position AAPL"]);
  });

  it("can be told again from the tape, and then stands", () => {
    const { exceeded, price } = account();
    exceeded.add({ ticker: AAPL, limit: "gross", value: money(9), most: money(1) });
    expect(exceeded.first()).toMatchObject({ limit: "gross" });
    exceeded.drop({ ticker: MSFT, limit: "gross" }); // gross is one limit, whichever ticker it was told of
    expect(exceeded.size).toBe(0);
    expect(price(100)).toEqual([]);
  });
});
