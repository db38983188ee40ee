import { expect, it } from "vitest";
import { splitOrder } from "../../../../streams/execution/splitting.ts";
import { bracketOf } from "../../../support/exchangeRig.ts";
import { count, order, usd } from "../../../support/orders.ts";

it("a split changes an order's quantity and all its prices, and nothing else", () => {
  const before = order({ kind: "limit", limitPx: usd(90), bracket: bracketOf(80, null) });
  expect(splitOrder(before, { numerator: 3, denominator: 2 })).toEqual({
    ...before,
    qty: count(15),
    limitPx: usd(60),
    bracket: { stopLoss: usd(53.333333), takeProfit: null },
  });
  expect(splitOrder(order({ kind: "stop", stopPx: usd(0.000001) }), { numerator: 4, denominator: 1 }).stopPx).toBe(1);
});
