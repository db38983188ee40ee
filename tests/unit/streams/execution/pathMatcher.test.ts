import { describe, expect, it } from "vitest";
import { orderId, SCALE } from "../../../../streams/domain/units.ts";
import { bracketOf, exchangeRig, exit, type OHLC } from "../../../support/exchangeRig.ts";
import { count, usd } from "../../../support/orders.ts";

const FLAT: OHLC = [100, 100, 100, 100];
const id = orderId;
const holding = (n: number) => {
  const e = exchangeRig();
  e.adopt(n);
  return e;
};

describe("along the path of a bar", () => {
  it("the stop that is reached first fills first, whatever came first", () => {
    const e = holding(20);
    e.send(exit({ id: id("far"), kind: "stop", stopPx: usd(90) }));
    e.send(exit({ id: id("near"), kind: "stop", stopPx: usd(97) }));
    expect(e.bar([99, 99, 89, 89])).toEqual(["near sell 10 at 97", "far sell 10 at 90"]);
  });

  it("the target that is reached first fills first", () => {
    const e = holding(20);
    e.send(exit({ id: id("far"), kind: "limit", limitPx: usd(108) }));
    e.send(exit({ id: id("near"), kind: "limit", limitPx: usd(103) }));
    expect(e.bar([99, 110, 98, 105])).toEqual(["near sell 10 at 103", "far sell 10 at 108"]);
  });

  it("of a short the high comes first: its stop before its target", () => {
    const e = holding(-10);
    e.send(exit({ id: id("target"), side: "buy", kind: "limit", limitPx: usd(95) }));
    e.send(exit({ id: id("stop"), side: "buy", kind: "stop", stopPx: usd(105) }));
    expect(e.bar([100, 106, 94, 100])).toEqual(["stop buy 10 at 105", "target cancelled: nothing left to reduce"]);
  });

  it("at one price exits come first, then the order of arrival", () => {
    const e = holding(10);
    const at = { side: "sell", kind: "limit", limitPx: usd(105) } as const;
    e.send({ ...at, id: id("entry"), qty: count(30) });
    e.send({ ...at, id: id("entry2"), qty: count(20) });
    e.send(exit({ ...at, id: id("exit") }));
    expect(e.bar([100, 106, 99, 100])).toEqual(["exit sell 10 at 105", "entry sell 30 at 105", "entry2 sell 20 at 105"]);
  });

  it("an order is filled once, on whichever piece of the path reaches it first", () => {
    const e = exchangeRig();
    e.send({ kind: "stop", stopPx: usd(103) });
    e.send({ id: id("o2"), kind: "limit", limitPx: usd(98) });
    expect(e.bar([100, 104, 97, 101])).toEqual(["o2 buy 10 at 98", "o1 buy 10 at 103"]);
    expect(e.bar([100, 104, 97, 101])).toEqual([]);
  });

  it("the last piece leads to the close, where an order may still be reached", () => {
    const e = exchangeRig();
    e.send({ kind: "limit", limitPx: usd(98), bracket: bracketOf(null, 99) }); // high first: 100, 101, 97, and back to 99.5
    expect(e.bar([100, 101, 97, 99.5])).toEqual(["o1 buy 10 at 98", "o1.tp sell 10 at 99"]);
  });
});

describe("a bracket on the path", () => {
  const bracket = bracketOf(95, 110);
  const other = "cancelled: the other leg filled";
  const cases: readonly (readonly [what: string, bar: OHLC, replies: readonly string[]])[] = [
    ["waits when neither leg is reached", [100, 105, 98, 101], []],
    ["is stopped in the bar of its market entry", [100, 105, 94, 101], ["o1.sl sell 10 at 95", `o1.tp ${other}`]],
    ["takes its profit in the bar of its market entry", [100, 111, 99, 101], ["o1.tp sell 10 at 110", `o1.sl ${other}`]],
    ["is stopped when both legs are hit", [100, 111, 94, 101], ["o1.sl sell 10 at 95", `o1.tp ${other}`]],
    ["is stopped where it is born beyond its stop", [94, 96, 93, 95], ["o1.sl sell 10 at 94", `o1.tp ${other}`]],
    ["takes its profit where it is born beyond it", [111, 112, 90, 95], ["o1.tp sell 10 at 111", `o1.sl ${other}`]],
  ];
  it.each(cases)("%s", (_what, prices, replies) => {
    const e = exchangeRig();
    e.send({ bracket });
    expect(e.bar(prices)).toEqual([`o1 buy 10 at ${prices[0]}`, ...replies]);
    expect(e.working()).toEqual(replies.length > 0 ? [] : ["o1.sl", "o1.tp"]);
  });

  it("takes its profit at the open that is beyond it, though the bar falls through its stop later", () => {
    const e = exchangeRig();
    e.send({ bracket: bracketOf(95, 105) });
    e.bar(FLAT);
    expect(e.bar([110, 112, 90, 92])).toEqual(["o1.tp sell 10 at 110", `o1.sl ${other}`]);
  });

  it("of a limit entry is live from the entry on, in its bar too", () => {
    const e = exchangeRig();
    e.send({ kind: "limit", limitPx: usd(98), qty: count(100), bracket: bracketOf(96, null) });
    expect(e.bar([100, 100, 90, 100])).toEqual(["o1 buy 100 at 98", "o1.sl sell 100 at 96"]);
    expect(e.exchange.cash()).toBe((100_000 - 200) * SCALE);
  });

  it("of a stop entry is live from the entry on, in its bar too", () => {
    const e = exchangeRig();
    e.send({ kind: "stop", stopPx: usd(102), bracket: bracketOf(99, 104) });
    expect(e.bar([101, 105, 98, 100])).toEqual(["o1 buy 10 at 102", "o1.tp sell 10 at 104", `o1.sl ${other}`]);
  });

  it("does not see what the bar did before the entry", () => {
    const e = exchangeRig();
    e.send({ kind: "limit", limitPx: usd(96), bracket: bracketOf(90, 104) }); // high 105 first, then the low, then the close
    expect(e.bar([100, 105, 94, 100])).toEqual(["o1 buy 10 at 96"]);
    expect(e.working()).toEqual(["o1.sl", "o1.tp"]);
  });
});
