import { describe, expect, it } from "vitest";
import { orderId } from "../../../../streams/domain/units.ts";
import { bracketOf, exchangeRig, exit, type OHLC } from "../../../support/exchangeRig.ts";
import { count, usd } from "../../../support/orders.ts";

const FLAT: OHLC = [100, 100, 100, 100];
const rig = (more: Parameters<typeof exchangeRig>[0] = {}) => exchangeRig({ fill: "backtesting.py", ...more });

describe("a bracket by the rules of backtesting.py", () => {
  const bracket = bracketOf(95, 110);
  const other = "cancelled: the other leg filled";
  const cases: readonly (readonly [what: string, bar: OHLC, replies: readonly string[]])[] = [
    ["waits when neither leg is reached", [100, 105, 98, 101], []],
    ["is stopped in the bar of its market entry", [100, 105, 94, 101], ["o1.sl sell 10 at 95", `o1.tp ${other}`]],
    ["takes its profit in the bar of its market entry", [100, 111, 99, 101], ["o1.tp sell 10 at 110", `o1.sl ${other}`]],
    ["is stopped when both legs are hit", [100, 111, 94, 101], ["o1.sl sell 10 at 95", `o1.tp ${other}`]],
    ["is stopped at the open when born beyond its stop", [94, 96, 93, 95], ["o1.sl sell 10 at 94", `o1.tp ${other}`]],
  ];
  it.each(cases)("%s", (_what, prices, replies) => {
    const e = rig();
    e.send({ bracket });
    expect(e.bar(prices)).toEqual([`o1 buy 10 at ${prices[0]}`, ...replies]);
  });

  it("lives only from the next bar when the entry was a limit, and looks at the stop first even after an open beyond the target", () => {
    const e = rig();
    e.send({ kind: "limit", limitPx: usd(99), bracket });
    expect(e.bar([100, 111, 94, 101])).toEqual(["o1 buy 10 at 99"]);
    expect(e.bar([112, 113, 94, 101])).toEqual(["o1.sl sell 10 at 95", `o1.tp ${other}`]);
  });

  it("lives only from the next bar also when the limit filled at the open", () => {
    const e = rig();
    e.send({ kind: "limit", limitPx: usd(101), bracket });
    expect(e.bar([100, 111, 94, 101])).toEqual(["o1 buy 10 at 100"]);
  });
});

describe("an order by the rules of backtesting.py", () => {
  it("inside the bar a stop comes before a limit, in the order of arrival", () => {
    const e = rig();
    e.adopt(20);
    e.send(exit({ id: orderId("near"), kind: "limit", limitPx: usd(101) }));
    e.send(exit({ id: orderId("far"), kind: "stop", stopPx: usd(90) }));
    e.send(exit({ id: orderId("nearer"), kind: "stop", stopPx: usd(97) }));
    expect(e.bar([99, 102, 89, 95])).toEqual([
      "far sell 10 at 90",
      "nearer sell 10 at 97",
      "near cancelled: nothing left to reduce",
    ]);
  });

  it("is refused whole when money does not carry it", () => {
    const e = rig({ cash: 1000, leverage: 2 });
    e.send({ qty: count(21) });
    expect(e.bar(FLAT)).toEqual(["o1 rejected INSUFFICIENT_FUNDS"]);
    e.send({ id: orderId("o2"), qty: count(0), cashFraction: 0.5 });
    expect(e.bar([600, 600, 600, 600])).toEqual(["o2 rejected INSUFFICIENT_FUNDS"]);
    e.send({ id: orderId("o3"), qty: count(20) });
    expect(e.bar(FLAT)).toEqual(["o3 buy 20 at 100"]);
  });

  it("is not limited by volume", () => {
    const e = rig({ volumeShare: 0.1 });
    e.send({});
    expect(e.bar(FLAT, 1)).toEqual(["o1 buy 10 at 100"]);
  });
});
