import { describe, expect, it } from "vitest";
import {
  addWorking,
  claimsOf,
  dropWorking,
  leaving,
  repriceWorking,
  signedWorking,
  splitWorking,
  type WorkingOrders,
  workingOf,
} from "../../../actors/working.ts";
import type { Order } from "../../../streams/domain/order.ts";
import { ms, orderId, SCALE, seq, ticker } from "../../../streams/domain/units.ts";
import { count, order, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const ENTRY = orderId("r-dip-AAPL-1");
const [STOP, PROFIT] = [orderId(`${ENTRY}.sl`), orderId(`${ENTRY}.tp`)];
const bracketed = order({ id: ENTRY, by: "dip", bracket: { stopLoss: usd(90), takeProfit: usd(120) } });

const working = (...orders: Order[]): WorkingOrders => {
  const w: WorkingOrders = { byId: new Map(), byTicker: new Map() };
  for (const o of orders) addWorking(w, o);
  return w;
};
const fills = (w: WorkingOrders, id: Order["id"], n: number, leaves = 0) =>
  dropWorking(w, { type: "order.filled", orderId: id, qty: count(n), leaves: count(leaves) });
const left = (w: WorkingOrders) =>
  claimsOf(w, AAPL).map((c) => `${c.order.id.slice(ENTRY.length) || "entry"} ${c.leaves / SCALE}`);

describe("the legs of a bracket", () => {
  it("are born with the first fill, and grow with each that follows", () => {
    const w = working(bracketed);
    expect(left(w)).toEqual(["entry 10"]);
    fills(w, ENTRY, 4, 6);
    expect(left(w)).toEqual(["entry 6", ".sl 4", ".tp 4"]);
    fills(w, ENTRY, 6);
    expect(left(w)).toEqual([".sl 10", ".tp 10"]);
    expect(claimsOf(w, AAPL).map((c) => c.book)).toEqual(["dip", "dip"]);
  });

  it("shrink together, and are both gone when one has filled and the broker withdrew the other", () => {
    const w = working(bracketed);
    fills(w, ENTRY, 10);
    fills(w, PROFIT, 3, 7);
    expect(left(w)).toEqual([".sl 7", ".tp 7"]);
    fills(w, PROFIT, 7);
    dropWorking(w, { type: "order.cancelled", orderId: STOP });
    expect(left(w)).toEqual([]);
    expect([w.byId.size, w.byTicker.size]).toEqual([0, 0]);
  });

  it("are one where the bracket has one exit, none where the entry ends without a fill", () => {
    const w = working({ ...bracketed, bracket: { stopLoss: usd(90), takeProfit: null } });
    fills(w, ENTRY, 10);
    expect(left(w)).toEqual([".sl 10"]);
    const none = working(bracketed);
    dropWorking(none, { type: "order.expired", orderId: ENTRY });
    expect(left(none)).toEqual([]);
  });
});

describe("working orders", () => {
  it("take over their new size when risk has cut them", () => {
    const w = working(bracketed, { ...bracketed, qty: count(6) });
    expect(left(w)).toEqual(["entry 6"]);
  });

  it("have the prices that the broker has", () => {
    const w = working(bracketed);
    fills(w, ENTRY, 10);
    repriceWorking(w, { orderId: STOP, limitPx: null, stopPx: usd(95), bracket: null });
    expect(w.byId.get(STOP)?.order.stopPx).toBe(usd(95));
    const entry = working(bracketed);
    const bracket = { stopLoss: usd(95), takeProfit: usd(120) };
    repriceWorking(entry, { orderId: ENTRY, limitPx: null, stopPx: null, bracket });
    fills(entry, ENTRY, 10);
    expect(entry.byId.get(STOP)?.order.stopPx).toBe(usd(95));
    repriceWorking(entry, { orderId: orderId("unheard of"), limitPx: null, stopPx: null, bracket: null });
  });

  it("are worth the same after a split: size, what is left, prices, and the legs to come", () => {
    const w = working({ ...bracketed, kind: "limit", limitPx: usd(100) });
    fills(w, ENTRY, 4, 6);
    const split = { type: "account.split", seq: seq(1), v: 1, tEvent: ms(1), tSeen: ms(1), cause: seq(0), ticker: AAPL } as const;
    splitWorking(w, { ...split, numerator: 2, denominator: 1 });
    expect(left(w)).toEqual(["entry 12", ".sl 8", ".tp 8"]);
    expect(w.byId.get(ENTRY)?.order).toMatchObject({ qty: count(20), limitPx: usd(50), bracket: { stopLoss: usd(45) } });
    expect(w.byId.get(STOP)?.order.stopPx).toBe(usd(45));
    fills(w, ENTRY, 12);
    expect(left(w)).toEqual([".sl 20", ".tp 20"]);
    splitWorking(w, { ...split, ticker: ticker("MSFT"), numerator: 2, denominator: 1 });
    expect(left(w)).toEqual([".sl 20", ".tp 20"]);
  });

  it("are on their way for their own book, but for exits that wait for a price", () => {
    const out = order({ id: orderId("r-dip-AAPL-2"), side: "sell", qty: count(3), reduceOnly: true, by: "me" });
    const other = order({ id: orderId("r-ensemble-AAPL-3"), qty: count(100) });
    const w = working(bracketed, out, other);
    fills(w, ENTRY, 4, 6);
    expect(signedWorking(w, AAPL, "dip") / SCALE).toBe(6 - 3);
    expect(signedWorking(w, AAPL, "ensemble") / SCALE).toBe(100);
    expect(leaving(w, AAPL, "dip") / SCALE).toBe(3);
    expect(leaving(w, AAPL, "ensemble")).toBe(0);
    expect(workingOf(w, AAPL, "me").map((o) => o.id)).toEqual([out.id]);
    expect(workingOf(w, AAPL, null)).toHaveLength(5);
  });
});
