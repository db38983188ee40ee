import { describe, expect, it } from "vitest";
import { orderId } from "../../../../streams/domain/units.ts";
import { legsOf } from "../../../../streams/execution/legs.ts";
import { bracketOf } from "../../../support/exchangeRig.ts";
import { count, order, usd } from "../../../support/orders.ts";

describe("the legs of an entry", () => {
  it("are a stop and a limit back out, good till cancelled, with the quantity that filled", () => {
    const entry = order({ tif: "day", after: [orderId("x")], bracket: bracketOf(95, 110), by: "mine" });
    const leg = { ...entry, side: "sell", qty: count(4), tif: "gtc", bracket: null, reduceOnly: true, after: [] } as const;
    expect(legsOf(entry, count(4))).toEqual([
      { ...leg, id: "o1.sl", kind: "stop", stopPx: usd(95) },
      { ...leg, id: "o1.tp", kind: "limit", limitPx: usd(110) },
    ]);
  });
  it("are as many as the bracket has prices, none without a bracket", () => {
    expect(legsOf(order({ side: "sell", bracket: bracketOf(null, 90) }), count(1)).map((o) => [o.id, o.side])).toEqual([
      ["o1.tp", "buy"],
    ]);
    expect(legsOf(order(), count(1))).toEqual([]);
  });
});
