import { describe, expect, it } from "vitest";
import { executorActor } from "../../../actors/executor.ts";
import { controlCommand } from "../../../streams/domain/control.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { fill, type Order, orderAccepted, orderSubmitted } from "../../../streams/domain/order.ts";
import { requestFailed } from "../../../streams/domain/request.ts";
import { money, ms, orderId, seq, ticker } from "../../../streams/domain/units.ts";
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
