import { describe, expect, it } from "vitest";
import type { Effect } from "../../../actors/actor.ts";
import { portfolioActor } from "../../../actors/portfolio.ts";
import { controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { bar } from "../../../streams/domain/market.ts";
import { fill, type Order, orderCancelled, orderLost, orderRejected, orderSubmitted } from "../../../streams/domain/order.ts";
import { accountOpened } from "../../../streams/domain/portfolio.ts";
import { RunConfig } from "../../../streams/domain/run.ts";
import { target } from "../../../streams/domain/signal.ts";
import { money, ms, orderId, qty, SCALE, seq, ticker } from "../../../streams/domain/units.ts";
import { verdict } from "../../../streams/domain/verdict.ts";
import { given, said } from "../../support/given.ts";
import { count, order, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const at = ms(1);
let seqs = 100;
const stamped = <E extends TapeEvent>(e: E): E => ({ ...e, seq: seq(++seqs) });
const price = (usdPrice: number) => stamped(bar(AAPL, at, at, usdPrice, usdPrice, usdPrice, usdPrice, 1, 60_000));
const want = (strength: number) => stamped(target({ ticker: AAPL, strength, weight: strength, contributions: [] }));
const filled = (o: Order, n: number, leaves = 0) =>
  stamped(
    fill({
      ticker: AAPL,
      orderId: o.id,
      fillId: `${o.id}#${++seqs}`,
      side: o.side,
      qty: count(n),
      px: usd(100),
      commission: money(0),
      leaves: count(leaves),
      tEvent: at,
      tSeen: at,
      cause: seq(0),
    }),
  );
const proposed = (effects: readonly Effect[]): Order[] =>
  effects.flatMap((e) =>
    e.fx === "tellFor" && (e.msg as { type: string }).type === "proposed" ? [(e.msg as { order: Order }).order] : [],
  );
const inShort = (effects: readonly Effect[]): string[] =>
  proposed(effects).map((o) => `${o.side} ${o.cashFraction ?? o.qty / SCALE}${o.reduceOnly ? " out" : ""}`);

const portfolio = (sizing: unknown = { by: "shares", shares: 10 }, recalled: readonly TapeEvent[] = []) => {
  const p = given(portfolioActor(RunConfig.parse({ sizing }), "r"), recalled);
  p.when({ type: "flushed", n: 1, known: new Set(), held: [] });
  p.when(price(100));
  return { ...p, when: (msg: unknown) => approving(p, p.when(msg)) };
};
const approved = ({ id, qty: size }: Order) =>
  stamped(verdict({ ticker: AAPL, orderId: id, outcome: "approved", asked: size, granted: size, denial: null }));
/** Risk approves all that is proposed. */
const approving = (p: ReturnType<typeof given>, effects: readonly Effect[]): Effect[] => [
  ...effects,
  ...proposed(effects).flatMap((o) => approving(p, p.when(approved(o)))),
];
const only = (orders: readonly Order[]): Order => {
  const [one, more] = orders;
  if (!one || more) throw new Error(`${orders.length} orders`);
  return one;
};
/** Takes a target to its fill. */
const reached = (p: ReturnType<typeof portfolio>, strength: number): void => {
  for (const o of proposed(p.when(want(strength)))) {
    p.when(stamped(orderSubmitted(o)));
    p.when(filled(o, o.qty / SCALE));
  }
};

describe("the portfolio", () => {
  it("orders what a target lacks, once", () => {
    const p = portfolio();
    expect(inShort(p.when(want(1)))).toEqual(["buy 10"]);
    expect(inShort(p.when(want(0.5)))).toEqual([]);
  });

  it("turns by an exit and an entry", () => {
    const p = portfolio();
    reached(p, 1);
    expect(inShort(p.when(want(-1)))).toEqual(["sell 10 out", "sell 10"]);
  });

  it("turns by an exit and an entry when the entry is sized by cash", () => {
    const p = portfolio({ by: "cash", fraction: 0.5 });
    const o = only(proposed(p.when(want(1))));
    expect(inShort(p.when(want(0.7)))).toEqual([]);
    p.when(filled(o, 500));
    expect(inShort(p.when(want(-1)))).toEqual(["sell 500 out", "sell 0.5"]);
  });

  it("withdraws what works when the target turns, and goes on when the last order is gone", () => {
    for (const sizing of [
      { by: "shares", shares: 10 },
      { by: "cash", fraction: 0.5 },
    ]) {
      const p = portfolio(sizing);
      const o = only(proposed(p.when(want(1))));
      expect(said(p.when(want(-1)))).toEqual(["tell risk withdraw"]);
      const gone = p.when(stamped(orderCancelled(AAPL, o.id, "asked", at, seq(0))));
      expect(proposed(gone).map((n) => [n.side, n.reduceOnly])).toEqual([["sell", false]]);
    }
  });

  it("goes on from a fill that came before the withdrawal", () => {
    const p = portfolio();
    const o = only(proposed(p.when(want(1))));
    p.when(want(0));
    expect(inShort(p.when(filled(o, 10)))).toEqual(["sell 10 out"]);
  });

  it.each([
    [
      "denied",
      (o: Order) => verdict({ ticker: AAPL, orderId: o.id, outcome: "denied", asked: o.qty, granted: qty(0), denial: null }),
    ],
    ["rejected", (o: Order) => orderRejected(AAPL, o.id, "NO", "no", at, seq(0))],
    ["cancelled", (o: Order) => orderCancelled(AAPL, o.id, "gone", at, seq(0))],
  ] as const)("asks again after an order was %s", (_how, end) => {
    const p = portfolio();
    const o = only(proposed(p.when(want(1))));
    p.when(stamped(end(o)));
    expect(inShort(p.when(want(0.9)))).toEqual(["buy 10"]);
  });

  it("counts a cut order by what was sent, and a partial fill by what is left", () => {
    const p = portfolio();
    const o = only(proposed(p.when(want(1))));
    p.when(stamped(orderSubmitted({ ...o, qty: count(6) })));
    p.when(filled(o, 4, 2));
    expect(inShort(p.when(want(0.9)))).toEqual(["buy 4"]);
  });

  it("closes on command what is held, once, and forgets the target", () => {
    const p = portfolio();
    reached(p, 1);
    const close = stamped(controlCommand("me", { do: "close", ticker: AAPL }, at));
    const o = only(proposed(p.when(close)));
    expect([o.side, o.qty, o.reduceOnly, o.by]).toEqual(["sell", count(10), true, "me"]);
    expect(p.when(stamped(controlCommand("me", { do: "closeAll" }, at)))).toEqual([]);
    expect(inShort(p.when(filled(o, 10)))).toEqual([]);
  });

  it("proposes what is still wanted under a new id when an order is lost, an exit too, and nothing for who withdrew", () => {
    const lost = (o: Order) => stamped(orderLost(AAPL, o.id, "never answered"));
    const p = portfolio();
    const entry = only(proposed(p.when(want(1))));
    const again = only(proposed(p.when(lost(entry))));
    expect([again.side, again.qty, again.id === entry.id]).toEqual(["buy", entry.qty, false]);
    p.when(filled(again, 10));
    const exit = only(proposed(p.when(stamped(controlCommand("me", { do: "close", ticker: AAPL }, at)))));
    const exitAgain = only(proposed(p.when(lost(exit))));
    expect([exitAgain.side, exitAgain.qty, exitAgain.by, exitAgain.reduceOnly]).toEqual(["sell", count(10), "me", true]);
    p.when(filled(exitAgain, 10));
    expect(p.when(lost(exitAgain))).toEqual([]);
    const turned = only(proposed(p.when(want(1))));
    expect(said(p.when(want(0)))).toEqual(["tell risk withdraw"]);
    expect(proposed(p.when(lost(turned)))).toEqual([]);
  });

  it("uses no id twice: not after a turn of the target, not after others have ordered, not in another life", () => {
    const p = portfolio();
    const ids: string[] = [];
    const send = (effects: readonly Effect[]): Order[] => {
      const orders = proposed(effects);
      ids.push(...orders.map((o) => o.id));
      return orders;
    };
    const t = want(1);
    const [first] = send(p.when(t));
    if (!first) throw new Error("no order");
    p.when({ type: "wants", strategy: "own", ticker: AAPL, origin: seq(3), action: { do: "cancelAll" } });
    const own = { side: "buy" as const, kind: "market" as const, qty: count(1), reason: "" };
    send(p.when({ type: "wants", strategy: "own", ticker: AAPL, origin: seq(3), action: { do: "submit", order: own } }));
    p.when(want(-1));
    send(p.when(stamped(orderCancelled(AAPL, first.id, "asked", at, seq(0)))));
    p.when(stamped(orderSubmitted(order({ id: orderId("r-ensemble-AAPL-9") }))));
    send(p.when(stamped(controlCommand("me", { do: "close", ticker: AAPL }, at))));
    const denied = verdict({
      ticker: AAPL,
      orderId: orderId("r-ensemble-AAPL-12"),
      outcome: "denied",
      asked: qty(0),
      granted: qty(0),
      denial: null,
    });
    const later = portfolio({ by: "shares", shares: 10 }, [stamped(denied)]);
    send(later.when(want(1)));
    expect(ids).toEqual([
      ...["r-ensemble-AAPL-1001", "r-own-AAPL-1002", "r-ensemble-AAPL-1003"],
      "r-ensemble-AAPL-1013", // proposals of the life before may be on no tape: a later life leaves some out
    ]);
  });

  it("takes facts told again for facts, and waits for what was on its way before it orders anew", () => {
    const t = want(1);
    const before = [stamped(accountOpened(money(1_000 * SCALE), at)), price(100), t];
    const p = given(portfolioActor(RunConfig.parse({ sizing: { by: "shares", shares: 10 } }), "r"), before);
    expect(said(p.first)).toEqual(["tell risk flush", "after"]);
    expect(said(p.when({ type: "flush.again" }))).toEqual(["tell risk flush", "after"]); // nobody answered
    expect(p.when(want(1))).toEqual([]);
    p.when(stamped(orderSubmitted(order({ id: orderId("r-ensemble-AAPL-3") }))));
    expect(inShort(p.when({ type: "flushed", n: 2, known: new Set(["r-ensemble-AAPL-3"]), held: [] }))).toEqual([]);
  });

  it("counts what the executor holds back, which is on no tape", () => {
    const held = order({ id: orderId("r-ensemble-AAPL-3"), after: [orderId("r-dip-AAPL-2")] });
    const p = given(portfolioActor(RunConfig.parse({ sizing: { by: "shares", shares: 10 } }), "r"), [price(100), want(1)]);
    expect(inShort(p.when({ type: "flushed", n: 1, known: new Set([held.id]), held: [held] }))).toEqual([]);
  });

  it("asks again for a strategy's lost exit, not for one that a control asked for and that is over", () => {
    const exitBy = (by: string, serial: number) =>
      order({ id: orderId(`r-dip-AAPL-${serial}`), side: "sell", reduceOnly: true, by });
    const bought = order({ id: orderId("r-dip-AAPL-1"), by: "dip" });
    const p = portfolio({ by: "shares", shares: 10 }, [stamped(orderSubmitted(bought)), filled(bought, 10)]);
    for (const [by, serial, again] of [
      ["dip", 2, ["sell 10 out"]],
      ["person", 9, []],
    ] as const) {
      p.when(stamped(orderSubmitted(exitBy(by, serial))));
      expect(inShort(p.when(stamped(orderLost(AAPL, exitBy(by, serial).id, "it was never answered"))))).toEqual(again);
      p.when(stamped(orderLost(AAPL, orderId("r-dip-AAPL-3"), "it was never answered")));
    }
  });

  it("asks for no shares of what has no price yet", () => {
    const p = given(portfolioActor(RunConfig.parse({}), "r"));
    p.when({ type: "flushed", n: 1, known: new Set(), held: [] });
    const submit = { do: "submit", order: { side: "buy", kind: "market", qty: null, reason: "" } };
    expect(inShort(p.when({ type: "wants", strategy: "s", ticker: AAPL, action: submit, origin: seq(1) }))).toEqual(["buy 0"]);
  });
});
