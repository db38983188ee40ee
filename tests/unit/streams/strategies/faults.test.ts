import { describe, expect, it } from "vitest";
import { toPx, toQty } from "../../../../streams/domain/units.ts";
import { actionFault, viewFault } from "../../../../streams/strategies/faults.ts";

const view = { score: 0.5, confidence: 1, reason: "x", causes: [1, 2] };
const market = { side: "buy", kind: "market", qty: toQty(10), reason: "x" };
const limit = { ...market, kind: "limit", limitPx: toPx(100) };
const stop = { ...market, kind: "stop", stopPx: toPx(100) };
const submit = (order: unknown) => ({ do: "submit", order });
const found = (fault: { field: string; value: string } | null): string =>
  fault === null ? "taken" : `${fault.field} ${fault.value}`;

describe("a view", () => {
  it.each([view, { ...view, score: -1 }, { ...view, score: -0, confidence: 0, causes: [] }])(
    "that is one is taken: %o",
    (said) => {
      expect(viewFault(said)).toBeNull();
    },
  );

  it.each([
    [{ ...view, score: Number.NaN }, "score NaN"],
    [{ ...view, score: Number.POSITIVE_INFINITY }, "score Infinity"],
    [{ ...view, score: 50 }, "score 50"],
    [{ ...view, score: -1.0001 }, "score -1.0001"],
    [{ ...view, score: "1" }, 'score "1"'],
    [{ ...view, score: undefined }, "score undefined"],
    [{ ...view, confidence: 7 }, "confidence 7"],
    [{ ...view, confidence: -0.1 }, "confidence -0.1"],
    [{ ...view, confidence: Number.NaN }, "confidence NaN"],
    [{ ...view, reason: undefined }, "reason undefined"],
    [{ ...view, causes: undefined }, "causes undefined"],
    [{ ...view, causes: [1, Number.NaN] }, "causes.1 NaN"],
    [{ ...view, causes: [0.5] }, "causes.0 0.5"],
    [null, "view null"],
    [undefined, "view undefined"],
    [0.5, "view 0.5"],
    [[view], "view a list"],
  ])("is refused by field and value: %o", (said, at) => {
    expect(found(viewFault(said))).toBe(at);
  });
});

describe("an order", () => {
  it.each([
    submit(market),
    submit({ ...market, qty: null }),
    submit({ ...market, qty: null, cashFraction: 1 }),
    submit(limit),
    submit({ ...stop, reduceOnly: true }),
    submit({ ...market, limitPx: null, bracket: { stopLoss: toPx(90), takeProfit: null } }),
    { do: "cancelAll" },
    { do: "replace", stopLoss: toPx(95) },
  ])("that is one is taken: %o", (said) => {
    expect(actionFault(said)).toBeNull();
  });

  it.each([
    [submit({ ...market, side: "long" }), 'order.side "long"'],
    [submit({ ...market, kind: "iceberg" }), 'order.kind "iceberg"'],
    [submit({ ...market, qty: 0 }), "order.qty 0"],
    [submit({ ...market, qty: -0 }), "order.qty -0"],
    [submit({ ...market, qty: -5_000_000 }), "order.qty -5000000"],
    [submit({ ...market, qty: 0.5 }), "order.qty 0.5"],
    [submit({ ...market, qty: Number.NaN }), "order.qty NaN"],
    [submit({ ...market, qty: Number.POSITIVE_INFINITY }), "order.qty Infinity"],
    [submit({ ...market, qty: null, cashFraction: 1.5 }), "order.cashFraction 1.5"],
    [submit({ ...market, qty: null, cashFraction: 0 }), "order.cashFraction 0"],
    [submit({ ...market, cashFraction: 0.5 }), "order.cashFraction 0.5"],
    [submit({ ...limit, limitPx: undefined }), "order.limitPx undefined"],
    [submit({ ...limit, limitPx: Number.NaN }), "order.limitPx NaN"],
    [submit({ ...limit, stopPx: toPx(90) }), "order.stopPx 90000000"],
    [submit({ ...stop, stopPx: 0 }), "order.stopPx 0"],
    [submit({ ...market, limitPx: toPx(1) }), "order.limitPx 1000000"],
    [submit({ ...market, bracket: 5 }), "order.bracket 5"],
    [submit({ ...market, bracket: { stopLoss: -1 } }), "order.bracket.stopLoss -1"],
    [submit({ ...market, reduceOnly: 1 }), "order.reduceOnly 1"],
    [submit({ ...market, reason: 7 }), "order.reason 7"],
    [submit(undefined), "order undefined"],
    [{ do: "replace" }, "stopLoss undefined"],
    [{ do: "replace", takeProfit: Number.NaN }, "takeProfit NaN"],
    [{ do: "buy" }, 'do "buy"'],
    [{}, "do undefined"],
    [null, "do null"],
    [view, "do undefined"],
  ])("is refused by field and value: %o", (said, at) => {
    expect(found(actionFault(said))).toBe(at);
  });
});
