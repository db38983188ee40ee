import { describe, expect, it } from "vitest";
import type { Order } from "../../../../streams/domain/order.ts";
import { money, orderId, SCALE, shares } from "../../../../streams/domain/units.ts";
import { type Claim, coversOf, judgedPx, mayOpen, opposing, type Valuing, worstOf } from "../../../../streams/risk/worstCase.ts";
import { order, usd } from "../../../support/orders.ts";

const at100: Valuing = { price: usd(100), equity: money(10_000 * SCALE), collar: 0.1 };
let serial = 0;
const claim = (book: string, more: Partial<Order>, leaves = 10): Claim => {
  serial += 1;
  return { book, leaves: leaves * SCALE, order: order({ id: orderId(`r-${book}-AAPL-${serial}`), ...more }) };
};
const holds = (book: string, count: number) => ({ book, shares: shares(count * SCALE) });
const inUsd = ({ long, short }: { long: number; short: number }) => [long / SCALE, short / SCALE];
const worst = (held: ReturnType<typeof holds>[], claims: Claim[], done: Claim[] = []) =>
  inUsd(worstOf(held, claims, at100, new Set(done.map((c) => c.order.id))));

const market = (side: "buy" | "sell", book = "a", leaves = 10) => claim(book, { side }, leaves);
const limit = (side: "buy" | "sell", px: number, leaves = 10) => claim("a", { side, kind: "limit", limitPx: usd(px) }, leaves);
const out = (side: "buy" | "sell", leaves = 10) => claim("a", { side, reduceOnly: true }, leaves);

describe("the price that an order is judged at", () => {
  it.each([
    ["market, dearer by the collar", order(), 110],
    ["its own stop where that is worse", order({ kind: "stop", stopPx: usd(120) }), 132],
    ["the market's where a limit to buy is far below", order({ kind: "limit", limitPx: usd(50) }), 100],
    [
      "its own where a limit to sell is far above, and the collar",
      order({ side: "sell", kind: "limit", limitPx: usd(300) }),
      330,
    ],
  ])("is %s", (_what, o, px) => {
    expect(judgedPx(o, at100)).toBe(usd(px));
  });
});

describe("the worst that a ticker may come to", () => {
  it("is what is held plus all buys, or less all sells, whichever fill", () => {
    expect(worst([holds("a", 10)], [market("buy"), market("sell", "a", 30)])).toEqual([1000 + 1100, 20 * 110]);
  });

  it("does not net a far exit against buys", () => {
    const far = claim("a", { side: "sell", kind: "limit", limitPx: usd(500), reduceOnly: true });
    expect(worst([holds("a", 10)], [far, market("buy")])).toEqual([2100, 0]);
  });

  it("does not net a far buy against a sell: the sell opens a short", () => {
    expect(worst([holds("a", 0)], [limit("buy", 10), market("sell")])[1]).toBe(1100);
    expect(coversOf("a", "sell", [holds("a", 0)], [limit("buy", 10)])).toBe(0);
  });

  it("reckons that an exit may have used up what another sell would close", () => {
    expect(worst([holds("a", 10)], [out("sell"), market("sell")])[1]).toBe(1100);
    expect(coversOf("a", "sell", [holds("a", 10)], [out("sell", 4)])).toBe(6 * SCALE);
  });

  it("counts the two legs of a bracket once", () => {
    const leg = (suffix: string) => claim("a", { id: orderId(`r-a-AAPL-1.${suffix}`), side: "sell", reduceOnly: true });
    expect(coversOf("a", "sell", [holds("a", 25)], [leg("sl"), leg("tp")])).toBe(15 * SCALE);
  });

  it("closes with the cheapest orders first, and opens with the dearest", () => {
    expect(worst([holds("a", -10)], [limit("buy", 200), limit("buy", 150)])[0]).toBe(2000);
  });

  it("reserves the fraction of the equity for an order sized by cash", () => {
    expect(worst([], [claim("a", { qty: order().qty, cashFraction: 0.3 }, 0)])).toEqual([3000, 0]);
  });

  it("counts exits that are done as filled, and withdrawn orders that are done as gone", () => {
    const exit = out("sell");
    const gone = market("buy");
    expect(worst([holds("a", 10)], [exit, gone, market("sell")], [exit, gone])).toEqual([0, 1100]);
  });

  it("adds the books of a ticker", () => {
    expect(worst([holds("a", 10), holds("b", 5)], [market("buy", "b")])).toEqual([1500 + 1100, 0]);
  });
});

describe("an order against another book", () => {
  it("is known by what that book holds, or has at work", () => {
    expect(opposing("a", "sell", [holds("b", 5)], [])).toBe("b");
    expect(opposing("a", "buy", [holds("b", 5)], [])).toBeNull();
    expect(opposing("a", "sell", [], [market("buy", "b")])).toBe("b");
    expect(opposing("a", "sell", [holds("a", 5)], [market("buy", "a")])).toBeNull();
  });

  it("is none when that book is on its way out before", () => {
    const exit = claim("b", { side: "sell", reduceOnly: true }, 5);
    expect(opposing("a", "sell", [holds("b", 5)], [exit], new Set([exit.order.id]))).toBeNull();
  });
});

describe("orders that may open", () => {
  it("are those that more than close, now or when an exit has filled before", () => {
    expect(mayOpen([holds("a", 10)], [market("sell")])).toBe(false);
    expect(mayOpen([holds("a", 10)], [market("sell"), out("sell", 1)])).toBe(true);
    expect(mayOpen([holds("a", 10)], [out("sell")])).toBe(false);
    expect(mayOpen([], [claim("a", { cashFraction: 0.1 }, 0)])).toBe(true);
  });
});
