import { describe, expect, it } from "vitest";
import { HeldBack } from "../../../actors/heldBack.ts";
import type { BrokerReply } from "../../../streams/domain/event.ts";
import { fill, type Order, orderAccepted, orderCancelled, orderExpired } from "../../../streams/domain/order.ts";
import { money, ms, orderId, SCALE, seq } from "../../../streams/domain/units.ts";
import type { OrderBook } from "../../../streams/execution/orders.ts";
import { count, order, usd } from "../../support/orders.ts";

const at = ms(1);
const exit = order({ id: orderId("exit"), side: "sell", reduceOnly: true });
const entry = order({ id: orderId("entry") });
const waiting = (id: string, ...after: Order[]): Order => order({ id: orderId(id), after: after.map((o) => o.id) });
const open = (...orders: Order[]): OrderBook =>
  new Map(orders.map((o) => [o.id, { order: o, status: "accepted" as const, filled: count(0) }]));
const filled = (o: Order, n: number, leaves = 0): BrokerReply =>
  fill({
    ticker: o.ticker,
    orderId: o.id,
    fillId: `${o.id}#${n}`,
    side: o.side,
    qty: count(n),
    px: usd(100),
    commission: money(0),
    leaves: count(leaves),
    tEvent: at,
    tSeen: at,
    cause: seq(0),
  });
const cancelled = (o: Order) => orderCancelled(o.ticker, o.id, "asked", at, seq(0));
const settled = (held: HeldBack) => {
  const { ready, dropped } = held.settle();
  return { ready: ready.map((o) => o.id), dropped: dropped.map((d) => `${d.order.id}: ${d.why}`) };
};
const NOTHING = { ready: [], dropped: [] };

describe("an order that waits for an exit", () => {
  const back = () => {
    const held = new HeldBack();
    held.put(waiting("later", exit), open(exit));
    return held;
  };

  it("is ready when the exit has filled wholly", () => {
    const held = back();
    held.heard(orderAccepted(exit.ticker, exit.id, "b", at, seq(0)), exit, false);
    held.heard(filled(exit, 4, 6), exit, false);
    expect(settled(held)).toEqual(NOTHING);
    held.heard(filled(exit, 6), exit, true);
    expect(settled(held)).toEqual({ ready: ["later"], dropped: [] });
    expect(held.size).toBe(0);
  });

  it.each([
    ["cancelled", cancelled(exit)],
    ["expired", orderExpired(exit.ticker, exit.id, at, seq(0))],
  ])("is never sent when the exit is %s", (_how, reply) => {
    const held = back();
    held.heard(reply, exit, true);
    expect(settled(held)).toEqual({ ready: [], dropped: ["later: the exit it waited for did not fill"] });
  });

  it("is never sent when nobody knows what became of the exit", () => {
    const held = back();
    held.gone(exit.id);
    expect(settled(held)).toEqual({ ready: [], dropped: ["later: an order it waited for was lost"] });
  });

  it("need not wait for what is over already", () => {
    const held = new HeldBack();
    held.put(waiting("later", exit), open());
    expect(settled(held)).toEqual({ ready: ["later"], dropped: [] });
  });

  it("waits for all of them", () => {
    const second = { ...exit, id: orderId("exit2") };
    const held = new HeldBack();
    held.put(waiting("later", exit, second), open(exit, second));
    held.heard(filled(exit, 10), exit, true);
    expect(settled(held)).toEqual(NOTHING);
    held.heard(filled(second, 10), second, true);
    expect(settled(held).ready).toEqual(["later"]);
  });
});

describe("an order that waits for an entry to be withdrawn", () => {
  const back = () => {
    const held = new HeldBack();
    held.put(waiting("later", entry), open(entry));
    return held;
  };

  it("is ready when the entry is gone", () => {
    const held = back();
    held.heard(cancelled(entry), entry, true);
    expect(settled(held)).toEqual({ ready: ["later"], dropped: [] });
  });

  it.each([
    ["in part", filled(entry, 1, 9), false],
    ["wholly", filled(entry, 10), true],
  ] as const)("is never sent when the entry fills %s after all", (_how, reply, isClosed) => {
    const held = back();
    held.heard(reply, entry, isClosed);
    expect(settled(held)).toEqual({ ready: [], dropped: ["later: an order that was withdrawn before it has filled"] });
  });
});

describe("orders that are held back", () => {
  it("are dropped with the one that they wait for", () => {
    const held = new HeldBack();
    const first = waiting("first", exit);
    held.put(waiting("second", first), open(first));
    held.put(first, open(exit));
    held.put(waiting("third", first), open(exit));
    held.heard(cancelled(exit), exit, true);
    expect(settled(held).dropped).toEqual([
      "first: the exit it waited for did not fill",
      "second: an order it waited for was lost",
      "third: an order it waited for was lost",
    ]);
  });

  it("can be withdrawn, in the order in which they came", () => {
    const held = new HeldBack();
    for (const id of ["a", "b", "c"]) held.put(waiting(id, exit), open(exit));
    expect(held.take((o) => o.id !== "b").map((o) => o.id)).toEqual(["a", "c"]);
    expect(held.all().map((o) => o.id)).toEqual(["b"]);
  });

  it("are worth the same after a split of their ticker", () => {
    const held = new HeldBack();
    const limit = { ...waiting("later", exit), kind: "limit" as const, limitPx: usd(100) };
    held.put(limit, open(exit));
    held.split({
      type: "account.split",
      seq: seq(1),
      v: 1,
      tEvent: at,
      tSeen: at,
      cause: seq(0),
      ticker: exit.ticker,
      numerator: 4,
      denominator: 1,
    });
    held.heard(filled(exit, 40), exit, true);
    expect(held.settle().ready.map((o) => [o.qty / SCALE, o.limitPx])).toEqual([[40, usd(25)]]);
  });
});
