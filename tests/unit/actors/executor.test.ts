import { describe, expect, it } from "vitest";
import { executorActor } from "../../../actors/executor.ts";
import { controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { tradingStopped } from "../../../streams/domain/limits.ts";
import { halt } from "../../../streams/domain/market.ts";
import { fill, type Order, orderAccepted, orderRejected, orderSubmitted } from "../../../streams/domain/order.ts";
import { requestFailed } from "../../../streams/domain/request.ts";
import { money, ms, orderId, SCALE, seq, ticker } from "../../../streams/domain/units.ts";
import { given, said } from "../../support/given.ts";
import { count, order, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const at = ms(1);
let seqs = 100;
const stamped = <E extends TapeEvent>(e: E): E => ({ ...e, seq: seq(++seqs) });
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

describe("the executor", () => {
  it("has the intent on the tape before the broker is asked", () => {
    const e = given(executorActor());
    expect(said(e.when({ type: "approved", order: order() }))).toEqual(["emit order.submitted", "perform broker submit"]);
  });

  it("withdraws by who asked, once; by a close the ticker's; by a kill all", () => {
    const e = given(executorActor());
    e.when({ type: "approved", order: order() });
    e.when({ type: "approved", order: order({ id: orderId("o2"), by: "other", ticker: ticker("MSFT") }) });
    e.when({ type: "approved", order: order({ id: orderId("o3"), by: "other" }) });
    const cancels = (msg: unknown) =>
      e.when(msg).flatMap((f) => (f.fx === "emit" && "orderId" in f.event ? [f.event.orderId] : []));
    const withdraw = { type: "withdraw", ticker: AAPL, by: "ensemble", reason: "" };
    expect(cancels(withdraw)).toEqual(["o1"]);
    expect(cancels(withdraw)).toEqual([]);
    expect(cancels(controlCommand("me", { do: "close", ticker: AAPL }, at))).toEqual(["o3"]);
    expect(cancels(controlCommand("me", { do: "kill", reason: "x" }, at))).toEqual(["o2"]);
  });

  it("sends no id twice, not even after its order is closed, and says so by crashing", () => {
    const e = given(executorActor(true));
    e.when({ type: "approved", order: order() });
    expect(() => e.when({ type: "approved", order: order() })).toThrow("order id o1 was used before");
    e.when(filled(order(), 10));
    expect(() => e.when({ type: "approved", order: order() })).toThrow("order id o1 was used before");
  });

  it("gives up an order that a simulated exchange failed at, after a while: what threw will throw again", () => {
    const e = given(executorActor());
    e.when({ type: "approved", order: order() });
    const failed = { port: "broker", request: "submit", about: "o1", sent: "no", reason: "broken" } as const;
    expect(e.when(stamped(requestFailed(failed, at, seq(1))))).toMatchObject([{ fx: "after", key: "o1", delayMs: 60_000 }]);
    const lost = e.when({ type: "waited.long", orderId: orderId("o1") });
    expect(said(lost)).toEqual(["emit order.lost", "cancel"]);
    expect(e.when(stamped(requestFailed(failed, at, seq(1))))).toEqual([]);
  });

  it("gives up what a simulated exchange had not answered when the life before crashed", () => {
    const e = given(executorActor(), [stamped(orderSubmitted(order()))]);
    expect(e.first).toMatchObject([
      { fx: "after", key: "o1" },
      { fx: "tell", msg: { type: "peer.started" } },
    ]);
    expect(said(e.when({ type: "waited.long", orderId: orderId("o1") }))).toEqual(["emit order.lost"]);
    const answered = given(executorActor(), [stamped(orderSubmitted(order()))]);
    answered.when(stamped(orderAccepted(ticker("AAPL"), orderId("o1"), "b", at, seq(1))));
    expect(answered.when({ type: "waited.long", orderId: orderId("o1") })).toEqual([]); // its acceptance was on its way
  });

  it("counts what broker and table do not agree on, but not the broker's own legs", () => {
    const e = given(executorActor());
    const disagreements = () => (e.state() as { disagreements: number }).disagreements;
    e.when({ type: "approved", order: order() });
    e.when(filled(order(), 10));
    e.when(filled(order({ id: orderId("o1.sl") }), 10));
    expect(disagreements()).toBe(0);
    e.when(filled(order(), 10));
    expect(disagreements()).toBe(1);
  });
});

describe("an executor whose broker is outside", () => {
  const exit = order({ id: orderId("x1"), side: "sell", reduceOnly: true });
  const entry = order({ id: orderId("e1"), after: [exit.id] });
  const leaving = () => {
    const e = given(executorActor(true));
    e.when({ type: "approved", order: exit });
    return e;
  };
  const ids = (effects: ReturnType<ReturnType<typeof given>["when"]>) =>
    effects.flatMap((f) =>
      f.fx !== "emit"
        ? []
        : f.event.type === "order.submitted"
          ? [`sent ${f.event.order.id}`]
          : f.event.type === "order.lost"
            ? [`lost ${f.event.orderId}`]
            : [],
    );

  it("holds an order back until those in its after are over, and then sends it", () => {
    const e = leaving();
    expect(e.when({ type: "approved", order: entry })).toEqual([]);
    expect(ids(e.when(filled(exit, 4, 6)))).toEqual([]);
    expect(ids(e.when(filled(exit, 6)))).toEqual(["sent e1"]);
  });

  it("never sends it when the exit comes to nothing, and says so", () => {
    const e = leaving();
    e.when({ type: "approved", order: entry });
    expect(ids(e.when(stamped(orderRejected(AAPL, exit.id, "NO", "no", at, seq(0)))))).toEqual(["lost e1"]);
  });

  it.each(["kill", "pause"] as const)("drops what is held back at a %s, and sends nothing that may open", (what) => {
    const e = leaving();
    e.when({ type: "approved", order: entry });
    expect(ids(e.when(stamped(controlCommand("me", { do: what, reason: "" }, at))))).toEqual(["lost e1"]);
    expect(ids(e.when({ type: "approved", order: order({ id: orderId("e2") }) }))).toEqual(["lost e2"]);
    expect(ids(e.when({ type: "approved", order: { ...exit, id: orderId("x2") } }))).toEqual(["sent x2"]);
  });

  it("sends nothing that waited once the event which ends the wait also stops trading", () => {
    const e = leaving();
    e.when({ type: "approved", order: entry });
    const early = e.receive(filled(exit, 10));
    expect(ids(early)).toEqual([]);
    expect(ids(e.when(stamped(tradingStopped("the account is worth nothing or less", money(0)))))).toEqual(["lost e1"]);
    expect(ids(e.when({ type: "release" }))).toEqual([]);
  });

  it("sends nothing that waited while its ticker does not trade", () => {
    const e = leaving();
    e.when({ type: "approved", order: entry });
    e.when(stamped(halt(AAPL, { tEvent: at, tSeen: at }, true, "news pending")));
    expect(ids(e.when(filled(exit, 10)))).toEqual(["lost e1"]);
  });

  it("withdraws what is held back like what works", () => {
    const e = leaving();
    e.when({ type: "approved", order: entry });
    expect(ids(e.when({ type: "withdraw", ticker: AAPL, by: "ensemble", reason: "the target turned" }))).toEqual(["lost e1"]);
    expect(ids(e.when(filled(exit, 10)))).toEqual([]);
  });

  it("tells a flush of what is held back too", () => {
    const e = leaving();
    e.when({ type: "approved", order: entry });
    const [told] = e.when({ type: "flush" });
    expect(told).toMatchObject({ fx: "tell", msg: { type: "flushed", known: new Set(["x1", "e1"]), held: [entry] } });
  });
});

describe("an order that was approved at an earlier time", () => {
  it.each([false, true])("is not sent, exit (%s) or not: what it was reckoned from may have changed", (reduceOnly) => {
    const e = given(executorActor());
    expect(said(e.when({ type: "approved", at: ms(1), order: order({ reduceOnly }) }))).toEqual(["emit order.lost"]);
  });
});

describe("a control, at the executor", () => {
  const exit = order({ id: orderId("x1"), side: "sell", reduceOnly: true });
  const resting = order({ id: orderId("r1"), side: "sell", kind: "limit", limitPx: usd(150), reduceOnly: true });
  const entry = order({ id: orderId("e1") });
  const working = () => {
    const e = given(executorActor());
    for (const o of [exit, resting, entry]) e.when({ type: "approved", order: o });
    return e;
  };
  const cancelled = (effects: ReturnType<ReturnType<typeof given>["when"]>) =>
    effects.flatMap((f) => (f.fx === "emit" && f.event.type === "order.cancelRequested" ? [f.event.orderId] : []));
  const press = (command: Parameters<typeof controlCommand>[1]) => stamped(controlCommand("me", command, at));

  it.each([
    ["pause", { do: "pause", reason: "" }, ["e1"]],
    ["stop of risk", { do: "actor", path: "deck/money/risk", action: "stop" }, ["e1"]],
    ["stop of the learner", { do: "actor", path: "deck/ideas/learner", action: "stop" }, []],
    ["kill", { do: "kill", reason: "" }, ["r1", "e1"]],
    ["close of everything", { do: "closeAll" }, ["r1", "e1"]],
    ["close", { do: "close", ticker: AAPL }, ["r1", "e1"]],
    ["close of another ticker", { do: "close", ticker: ticker("MSFT") }, []],
  ] as const)("a %s withdraws what it has to, once, and no exit at market", (_what, command, ids) => {
    const e = working();
    expect(cancelled(e.when(press(command)))).toEqual(ids);
    expect(cancelled(e.when(press(command)))).toEqual([]);
  });

  it("that was on when the life before ended is on in the next", () => {
    const before = [entry, exit].map((o) => stamped(orderSubmitted(o)));
    const e = given(executorActor(), [...before, press({ do: "pause", reason: "" })]);
    expect(cancelled(e.first)).toEqual(["e1"]);
    expect(said(e.when({ type: "approved", order: order({ id: orderId("e2") }) }))).toEqual(["emit order.lost"]);
  });
});

describe("new prices for the exits of brackets", () => {
  const entry = order({ id: orderId("r-dip-AAPL-1"), by: "dip", bracket: { stopLoss: usd(90), takeProfit: usd(120) } });
  const moves = (effects: ReturnType<ReturnType<typeof given>["when"]>) =>
    effects.flatMap((f) =>
      f.fx === "emit" && f.event.type === "order.replaceRequested"
        ? [[f.event.orderId.slice("r-dip-AAPL-1".length), f.event.limitPx, f.event.stopPx, f.event.bracket]]
        : [],
    );
  const trail = { type: "replace", ticker: AAPL, by: "dip", moved: { stopLoss: usd(95), takeProfit: null } };

  it("are those of the bracket while the entry waits, and those of the legs when it has filled", () => {
    const e = given(executorActor());
    e.when({ type: "approved", order: entry });
    expect(moves(e.when(trail))).toEqual([["", null, null, { stopLoss: usd(95), takeProfit: usd(120) }]]);
    e.when(filled(entry, 10));
    expect(moves(e.when({ ...trail, moved: { stopLoss: usd(97), takeProfit: null } }))).toEqual([[".sl", null, usd(97), null]]);
  });

  it("are on the price step of each order's own side, also when the strategy has entries on both", () => {
    const long = { ...entry, kind: "limit" as const, limitPx: usd(100) };
    const short = order({
      ...long,
      id: orderId("r-dip-AAPL-1S"),
      side: "sell",
      bracket: { stopLoss: usd(130), takeProfit: usd(80) },
    });
    const e = given(executorActor(false, SCALE)); // whole dollars
    for (const o of [long, short]) e.when({ type: "approved", order: o });
    const between = { ...trail, moved: { stopLoss: null, takeProfit: usd(110.5) } };
    expect(moves(e.when(between)).map(([, , , bracket]) => bracket)).toEqual([
      { stopLoss: usd(90), takeProfit: usd(111) },
      { stopLoss: usd(130), takeProfit: usd(110) },
    ]);
  });

  it("are asked for only where they change something, and of one's own orders", () => {
    const e = given(executorActor());
    e.when({ type: "approved", order: entry });
    expect(moves(e.when({ ...trail, by: "other" }))).toEqual([]);
    expect(moves(e.when({ ...trail, moved: { stopLoss: usd(90), takeProfit: null } }))).toEqual([]);
  });
});
