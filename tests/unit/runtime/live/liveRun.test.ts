import { describe, expect, it } from "vitest";
import { NotSent } from "../../../../actors/ports/broker.ts";
import { quote } from "../../../../streams/domain/market.ts";
import type { Order } from "../../../../streams/domain/order.ts";
import { ms, seq } from "../../../../streams/domain/units.ts";
import { AAPL, HandBroker, LiveRig, TEN } from "../../../support/liveRig.ts";

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
const types = (rig: LiveRig, from = 0): string[] => rig.tape.entries.slice(from).map((e) => e.type);

describe("a request to a broker outside", () => {
  it("leaves after the disk has the tape with its intent, and not before", async () => {
    const { rig, broker } = await opened();
    rig.diskIsPrompt = false;
    rig.price(101);
    rig.live.takeIn();
    expect(broker.sent).toEqual([]); // not sealed
    rig.live.seal();
    await new Promise(setImmediate);
    expect(types(rig)).toContain("order.submitted"); // sealed, but not flushed
    expect(broker.sent).toEqual([]);
    await rig.disk();
    expect(broker.inShort).toEqual(["submit s0123456789-ensemble-AAPL-1"]);
  });

  it("waits for its own flush when another is under way, and all that wait share the next", async () => {
    const { rig, broker } = await opened();
    rig.diskIsPrompt = false;
    rig.price(101);
    await rig.settle();
    rig.price(99);
    await rig.settle();
    expect(rig.flushesWaiting).toBe(1);
    await rig.disk();
    expect(broker.inShort).toHaveLength(1);
    expect(rig.flushesWaiting).toBe(1);
    await rig.disk();
    expect(broker.inShort).toHaveLength(2);
    expect(rig.flushesWaiting).toBe(0);
  });

  it("never leaves once a flush has failed: the next one may succeed without what the failed one lost", async () => {
    const { rig, broker } = await opened();
    rig.diskFails = new Error("EIO");
    rig.price(101);
    await rig.settle();
    rig.price(99);
    await rig.settle();
    expect(rig.failures).toMatchObject([{ message: "EIO" }]);
    expect(rig.entries("order.submitted")).not.toEqual([]);
    expect(broker.sent).toEqual([]);
  });

  it("is never sent again after a kill: its order is looked up, and lost when the broker knows nothing of it after the grace time", async () => {
    const { rig, broker, order } = await ordered();
    expect(await rig.kill()).toEqual({ last: TEN, unanswered: 1 });
    expect(broker.submitted).toHaveLength(1);
    await rig.pass(10_000);
    expect(broker.inShort.slice(1)).toEqual([`lookup ${order.id}`]);
    broker.knowsNothingOf(order.id);
    await rig.settle();
    expect(rig.entries("order.lost")).toEqual([]); // it may still be on its way
    for (let i = 0; i < 12; i++) {
      await rig.pass(5_000);
      broker.knowsNothingOf(order.id);
      await rig.settle();
    }
    expect(rig.entries("order.lost")).toMatchObject([{ orderId: order.id }]);
    expect(broker.submitted.map((o) => o.id)).toEqual([order.id, "s0123456789-ensemble-AAPL-2"]); // still wanted: a new id
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("that waited in the outbox when the process was killed is not sent by the next one", async () => {
    const { rig, broker } = await opened();
    rig.diskIsPrompt = false;
    rig.price(101);
    await rig.settle();
    await rig.kill();
    rig.diskIsPrompt = true;
    await rig.settle();
    expect(broker.sent).toEqual([]);
    await rig.pass(10_000);
    expect(broker.inShort).toEqual(["lookup s0123456789-ensemble-AAPL-1"]);
  });

  it("whose order was filled while nobody listened is known by the look-up, at the price that was paid", async () => {
    const { rig, broker, order } = await ordered();
    await rig.kill();
    await rig.pass(10_000);
    broker.accepts(order);
    broker.fills(order);
    await rig.settle();
    expect(rig.live.core.collector.ledger.positions.get(AAPL)?.shares).toBe(order.qty);
    expect(rig.entries("order.filled")).toMatchObject([{ cause: rig.entries("order.submitted")[0]?.seq }]);
    await rig.pass(120_000);
    expect(broker.inShort.filter((s) => s.startsWith("lookup"))).toHaveLength(1);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("503"))],
    [
      "throws at once",
      () => {
        throw new Error("socket closed");
      },
    ],
    ["never answers", () => new Promise<void>(() => {})],
  ] as const)("that %s is a failure on the tape, and its order is looked up, not sent again", async (_how, taking) => {
    const { rig, broker } = await opened();
    broker.taking = taking;
    rig.price(101);
    await rig.settle();
    await rig.pass(15_000);
    expect(rig.entries("request.failed")[0]).toMatchObject({ port: "broker", request: "submit", sent: "unknown" });
    expect(broker.submitted).toHaveLength(1);
    expect(broker.inShort).toContain(`lookup ${broker.submitted[0]?.id}`);
  });

  it("that certainly did not leave is given up, and what is wanted is proposed again, ever more seldom", async () => {
    const { rig, broker } = await opened();
    broker.taking = (r) => (r.do === "submit" ? Promise.reject(new NotSent("not connected")) : Promise.resolve());
    rig.price(101);
    await rig.settle();
    await rig.pass(60_000);
    const tries = broker.submitted.length;
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(9);
    expect(new Set(broker.submitted.map((o) => o.id)).size).toBe(tries);
    expect(rig.entries("order.lost").length).toBeGreaterThanOrEqual(tries - 1);
    broker.taking = () => Promise.resolve();
    await rig.pass(70_000);
    broker.fills(broker.submitted.at(-1) as Order);
    await rig.settle();
    expect(rig.live.core.collector.ledger.positions.get(AAPL)?.shares).toBe(broker.submitted[0]?.qty);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("to cancel that went unheard is sent again after a look-up shows that the order still works", async () => {
    const { rig, broker, order } = await ordered();
    broker.accepts(order);
    rig.price(99);
    await rig.settle();
    expect(broker.inShort.slice(1)).toEqual([`cancel ${order.id}`]);
    await rig.pass(10_000);
    broker.accepts(order);
    await rig.settle();
    expect(broker.inShort.slice(2)).toEqual([`lookup ${order.id}`, `cancel ${order.id}`]);
    broker.cancels(order);
    await rig.settle();
    expect(broker.submitted.map((o) => o.side)).toEqual(["buy", "sell"]);
  });

  it("whose order was given up and turns up after all is withdrawn", async () => {
    const { rig, broker, order } = await ordered();
    broker.taking = () => Promise.reject(new Error("down"));
    for (let i = 0; i < 14; i++) {
      await rig.pass(5_000);
      broker.knowsNothingOf(order.id);
      await rig.settle();
    }
    expect(rig.entries("order.lost")).toHaveLength(1);
    broker.taking = () => Promise.resolve();
    broker.accepts(order);
    await rig.settle();
    expect(broker.inShort).toContain(`cancel ${order.id}`);
  });
});

describe("an answer of a broker outside", () => {
  it("is seen when it comes, not with the next price, and has the time of its arrival", async () => {
    const { rig, broker, order } = await ordered();
    rig.now = TEN + 5_000;
    broker.accepts(order);
    await rig.settle();
    expect(rig.entries("order.accepted")).toMatchObject([{ tSeen: TEN + 5_000, cause: rig.entries("order.submitted")[0]?.seq }]);
    rig.now = TEN + 60_000;
    rig.price(101);
    await rig.settle();
    expect(types(rig).lastIndexOf("market.bar")).toBeGreaterThan(types(rig).indexOf("order.accepted"));
  });

  it("that comes twice is on the tape once, also when a kill lies between", async () => {
    const { rig, broker, order } = await ordered();
    broker.accepts(order);
    broker.fills(order, 4);
    broker.fills(order, 4);
    await rig.settle();
    await rig.kill();
    broker.fills(order, 4);
    broker.fills(order, 10, "rest");
    broker.fills(order, 10, "rest");
    broker.cancels(order);
    broker.accepts(order);
    await rig.settle();
    expect(rig.entries("order.filled")).toHaveLength(2);
    expect(rig.entries("order.cancelled")).toEqual([]);
    expect(rig.entries("order.accepted")).toHaveLength(1);
    expect(rig.live.repeats).toBe(4);
  });

  it("counts also when it comes out of order: a fill before the acceptance", async () => {
    const { rig, broker, order } = await ordered();
    broker.fills(order);
    broker.accepts(order);
    await rig.settle();
    expect(rig.live.core.collector.ledger.positions.get(AAPL)?.shares).toBe(order.qty);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("is read from the tape by a start, which asks nobody, and the run goes on to the same decisions", async () => {
    const { rig, broker, order } = await ordered();
    broker.accepts(order);
    broker.fills(order);
    await rig.settle();
    const before = rig.live.core.hash.hex();
    const sent = broker.sent.length;
    expect(await rig.kill()).toEqual({ last: TEN, unanswered: 0 });
    expect(rig.live.core.hash.hex()).toBe(before);
    expect(broker.sent).toHaveLength(sent);
    expect(rig.verify().decisionsHash).toBe(before);
  });
});

describe("answers that come faster than they are taken in", () => {
  it("pause openings until all are taken in, also when a kill lies between", async () => {
    const { rig, broker, order } = await ordered();
    for (let i = 0; i <= 1_000; i++) broker.accepts(order);
    rig.live.takeIn();
    rig.live.seal();
    expect(rig.entries("broker.pressure")).toMatchObject([{ behind: true }]);
    await rig.kill();
    await rig.settle();
    expect(rig.entries("broker.pressure")).toMatchObject([{ behind: true }, { behind: false }]);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });
});

describe("time without prices", () => {
  it("goes on by clock marks, one for each timer that is due and none otherwise", async () => {
    const { rig } = await ordered();
    const before = rig.tape.entries.length;
    await rig.pass(9_000);
    expect(rig.tape.entries).toHaveLength(before);
    await rig.pass(1_000);
    expect(types(rig, before)).toEqual(["clock.mark"]);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });
});

describe("a moment", () => {
  it("is what was taken in together; where the next has the same time, the tape says where it begins", async () => {
    const { rig } = await opened();
    rig.price(101);
    rig.push(quote(AAPL, { tEvent: ms(1), tSeen: ms(1) }, 100, 102, 1, 1));
    await rig.settle();
    rig.price(99);
    await rig.settle();
    const reader = rig.tape.reader();
    reader.next();
    const second = rig.tape.entries.findLastIndex((e) => e.type === "market.bar");
    expect(new Set(rig.tape.entries.map((e) => e.tSeen))).toEqual(new Set([ms(TEN)]));
    expect(reader.bounds).toEqual([second]);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
  });

  it("keeps the time of the world in what comes late", async () => {
    const { rig } = await opened();
    rig.push(quote(AAPL, { tEvent: ms(TEN - 3_600_000), tSeen: ms(0) }, 100, 102, 1, 1));
    await rig.settle();
    expect(rig.entries("market.quote")).toMatchObject([{ tEvent: TEN - 3_600_000, tSeen: TEN }]);
  });
});

describe("a command", () => {
  it.each([{ do: "kill", reason: "enough" }, { do: "closeAll" }, { do: "close", ticker: AAPL }] as const)(
    "to $do also closes what an order on its way still brings before its cancel arrives",
    async (command) => {
      const { rig, broker, order } = await ordered();
      broker.accepts(order);
      await rig.settle();
      rig.live.command("me", command);
      await rig.settle();
      broker.fills(order, 4);
      broker.cancels(order);
      await rig.settle();
      const exit = broker.submitted.at(-1) as Order;
      expect(exit).toMatchObject({ side: "sell", qty: 4_000_000, reduceOnly: true, by: "me" });
      broker.fills(exit);
      await rig.settle();
      expect(rig.live.core.collector.ledger.positions.get(AAPL)?.shares ?? 0).toBe(0);
      expect(broker.submitted).toHaveLength(2);
      expect(rig.verify().entries).toBe(rig.tape.entries.length);
    },
  );

  it("in the middle of a moment replays in its place", async () => {
    const { rig } = await opened();
    rig.price(101);
    rig.live.takeIn();
    rig.live.command("me", { do: "pause", reason: "lunch" });
    await rig.settle();
    rig.price(99);
    await rig.settle();
    expect(rig.entries("control.command")).toHaveLength(1);
    expect(rig.verify().entries).toBe(rig.tape.entries.length);
    expect(rig.entries("control.command")[0]?.seq).toBeGreaterThan(seq(1));
  });
});
