import { describe, expect, it } from "vitest";
import { fill, type Order } from "../../../../streams/domain/order.ts";
import { money, ms, px, qty, seq } from "../../../../streams/domain/units.ts";
import { AAPL, HandBroker, LiveRig } from "../../../support/liveRig.ts";

const opened = async (): Promise<{ rig: LiveRig; broker: HandBroker }> => {
  const broker = new HandBroker();
  const rig = new LiveRig({ broker });
  await rig.open();
  return { rig, broker };
};
/** A rig with an order that the broker has and has said nothing of. */
const ordered = async (): Promise<{ rig: LiveRig; broker: HandBroker; order: Order }> => {
  const { rig, broker } = await opened();
  rig.price(101);
  await rig.settle();
  const [order] = broker.submitted;
  if (!order) throw new Error("nothing was sent");
  return { rig, broker, order };
};
describe("a run at a broker outside, when things go wrong", () => {
  it("asks what became of every open order when it starts again, also of those that were accepted", async () => {
    const { rig, broker, order } = await ordered();
    broker.accepts(order);
    await rig.settle();
    await rig.kill();
    rig.live.command("start", { do: "reconcile" });
    await rig.settle();
    expect(broker.inShort.slice(1)).toEqual([`lookup ${order.id}`]);
    broker.fills(order);
    await rig.settle();
    expect(rig.live.core.collector.ledger.positions.get(AAPL)?.shares).toBe(order.qty);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("looks up an open order of which nothing was heard for five minutes, again and again", async () => {
    const { rig, broker, order } = await ordered();
    broker.accepts(order);
    await rig.settle();
    for (const times of [1, 2]) {
      await rig.pass(5 * 60_000);
      expect(broker.inShort.filter((s) => s === `lookup ${order.id}`)).toHaveLength(times);
      broker.accepts(order);
      await rig.settle();
    }
  });

  it("can be replayed when calls time out after their answer was heard, and when look-ups overlap", async () => {
    const { rig, broker } = await opened();
    broker.taking = () => new Promise<void>(() => {});
    rig.price(101);
    await rig.settle();
    broker.accepts(broker.submitted[0] as Order);
    await rig.settle();
    await rig.pass(11_000);
    rig.price(99);
    await rig.settle();
    await rig.pass(60_000);
    expect(rig.entries("request.failed").length).toBeGreaterThan(3);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
    await rig.kill();
  });

  it("leaves out what a broker cannot mean, says so, and believes the look-up", async () => {
    const { rig, broker, order } = await ordered();
    broker.fills({ ...order, side: "sell" });
    broker.fills({ ...order, ticker: "MSFT" as never });
    const whole = fill({
      ...{
        ticker: AAPL,
        orderId: order.id,
        fillId: "f",
        side: "buy",
        qty: order.qty,
        px: px(1),
        commission: money(0),
        leaves: qty(0),
      },
      ...{ tEvent: ms(1), tSeen: ms(1), cause: seq(0) },
    });
    for (const wrong of [
      { qty: -5 },
      { qty: Number.NaN },
      { qty: 0.5 },
      { px: 0 },
      { px: null },
      { leaves: Number.NaN },
      { fillId: "" },
    ])
      broker.say({ ...whole, ...wrong } as never);
    await rig.settle();
    expect(rig.entries("order.filled")).toEqual([]);
    expect(rig.refused).toHaveLength(9);
    broker.fills(order);
    await rig.settle();
    expect(rig.live.core.collector.ledger.positions.get(AAPL)?.shares).toBe(order.qty);
  });

  it("goes back to what is wanted when an order that was given up fills after what replaced it", async () => {
    const { rig, broker, order } = await ordered();
    for (let i = 0; i < 14; i++) {
      await rig.pass(5_000);
      broker.knowsNothingOf(order.id);
      await rig.settle();
    }
    const [, second] = broker.submitted;
    if (!second) throw new Error("nothing was proposed again");
    broker.fills(second);
    broker.fills(order);
    await rig.settle();
    const sell = broker.submitted.at(-1) as Order;
    expect([sell.side, sell.qty]).toEqual(["sell", order.qty]);
    expect(rig.entries("order.filled").every((e) => e.cause > 0)).toBe(true);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("withdraws an order that turned up until it is gone, also when the first cancel fails", async () => {
    const { rig, broker, order } = await ordered();
    for (let i = 0; i < 14; i++) {
      await rig.pass(5_000);
      broker.knowsNothingOf(order.id);
      await rig.settle();
    }
    broker.taking = (r) => (r.do === "cancel" ? Promise.reject(new Error("503")) : Promise.resolve());
    broker.accepts(order);
    await rig.settle();
    broker.taking = () => Promise.resolve();
    await rig.pass(3_000);
    broker.accepts(order);
    await rig.settle();
    expect(broker.inShort.filter((s) => s === `cancel ${order.id}`)).toHaveLength(2);
  });

  it("sends nothing that opens after a kill, not even what waited for risk before", async () => {
    const { rig, broker } = await opened();
    rig.live.command("me", { do: "actor", path: "deck/money/risk", action: "pause" });
    rig.price(101);
    await rig.settle();
    rig.live.command("me", { do: "kill", reason: "enough" });
    rig.live.command("me", { do: "actor", path: "deck/money/risk", action: "resume" });
    await rig.settle();
    expect(broker.submitted).toEqual([]);
    expect(rig.entries("order.submitted")).toEqual([]);
    // What risk was never told is of no verdict: only a new life of the portfolio knows that nothing is on its way.
    rig.live.command("me", { do: "actor", path: "deck/money/portfolio", action: "restart" });
    rig.live.command("me", { do: "unkill" });
    rig.price(99);
    await rig.settle();
    expect(broker.submitted.map((o) => o.side)).toEqual(["sell"]);
  });

  it("sends no id twice although a dead letter is tried again after two restarts", async () => {
    const { rig, broker, order } = await ordered();
    broker.fills(order);
    await rig.settle();
    for (const actor of ["portfolio", "executor"]) {
      rig.live.command("me", { do: "actor", path: `deck/money/${actor}`, action: "restart" });
      await rig.settle();
    }
    rig.live.core.door.kernel.tell(rig.live.core.door.kernel.ref("deck/money/executor"), { type: "approved", order });
    rig.price(101);
    await rig.settle();
    expect(broker.submitted.filter((o) => o.id === order.id)).toHaveLength(1);
    expect(rig.entries("request.failed")).toMatchObject([
      { sent: "no", reason: expect.stringContaining("its id was used before") },
    ]);
  });

  it("takes nothing in and lets nothing leave after the disk or the feed failed", async () => {
    const { rig, broker } = await opened();
    rig.live.ingress.failed(new Error("the feed is gone"));
    expect(rig.failures).toHaveLength(1);
    expect(rig.live.isOver).toBe(true);
    rig.price(101);
    await rig.settle();
    expect(broker.sent).toEqual([]);
  });

  it("closes with nothing leaving after it, whatever becomes safe then", async () => {
    const { rig, broker } = await opened();
    rig.diskIsPrompt = false;
    rig.price(101);
    await rig.settle();
    rig.live.close();
    await rig.disk();
    rig.price(99);
    await rig.settle();
    await rig.disk();
    expect(broker.sent).toEqual([]);
  });
});
