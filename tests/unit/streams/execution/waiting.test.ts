import { describe, expect, it } from "vitest";
import { orderId, ticker } from "../../../../streams/domain/units.ts";
import { exchangeRig, exit, type OHLC } from "../../../support/exchangeRig.ts";
import { count, usd } from "../../../support/orders.ts";

const FLAT: OHLC = [100, 100, 100, 100];
const id = orderId;
const holding = (more: Parameters<typeof exchangeRig>[0] = {}) => {
  const e = exchangeRig(more);
  e.adopt(10);
  return e;
};
const entryAfter = (...ids: string[]) => ({ id: id("in"), side: "sell", after: ids.map(id) }) as const;

describe("an order that waits for an exit", () => {
  it("trades at the open at which the exit filled", () => {
    const e = holding();
    e.send(exit({ id: id("out") }));
    e.send(entryAfter("out"));
    expect(e.bar(FLAT)).toEqual(["out sell 10 at 100", "in sell 10 at 100"]);
  });

  it("waits while the exit is filled in part", () => {
    const e = holding({ volumeShare: 0.1 });
    e.send(exit({ id: id("out") }));
    e.send(entryAfter("out"));
    expect(e.bar(FLAT, 60)).toEqual(["out sell 6 at 100 leaves 4"]);
    expect(e.bar(FLAT, 200)).toEqual(["out sell 4 at 100", "in sell 10 at 100"]);
  });

  it("waits for a stop, and goes on from where it filled", () => {
    const e = holding();
    e.send(exit({ id: id("out"), kind: "stop", stopPx: usd(95) }));
    e.send(entryAfter("out"));
    expect(e.bar(FLAT)).toEqual([]);
    expect(e.bar([100, 100, 94, 99])).toEqual(["out sell 10 at 95", "in sell 10 at 95"]);
  });

  it("is cancelled when the exit is withdrawn, expires or finds nothing to reduce", () => {
    const e = holding();
    e.send(exit({ id: id("out"), kind: "limit", limitPx: usd(200) }));
    e.send(entryAfter("out"));
    expect(e.cancel("out")).toEqual(["out cancelled: asked for", "in cancelled: it waited for out to fill, which was cancelled"]);
    const day = holding();
    day.send(exit({ id: id("out"), kind: "limit", limitPx: usd(200), tif: "day" }));
    day.send(entryAfter("out"));
    day.bar(FLAT);
    day.wait(86_400_000);
    expect(day.bar(FLAT)).toEqual(["out expired", "in cancelled: it waited for out to fill, which was expired"]);
    const none = exchangeRig();
    none.send(exit({ id: id("out") }));
    none.send(entryAfter("out"));
    expect(none.bar(FLAT)).toEqual([
      "out cancelled: nothing left to reduce",
      "in cancelled: it waited for out to fill, which was cancelled",
    ]);
  });

  it("is cancelled at once when the exit had ended without filling, and free when it had filled", () => {
    const e = holding();
    e.send(exit({ id: id("out"), kind: "limit", limitPx: usd(200) }));
    e.cancel("out");
    expect(e.send(entryAfter("out"))).toEqual(["in accepted", "in cancelled: it waited for out to fill, which was cancelled"]);
    e.send(exit({ id: id("out2") }));
    e.bar(FLAT);
    e.send({ id: id("in2"), after: [id("out2")] });
    expect(e.bar(FLAT)).toEqual(["in2 buy 10 at 100"]);
  });

  it("waits for exits of other tickers too, and for all of them", () => {
    const e = holding();
    e.adopt(10, "account", "MSFT");
    e.send(exit({ id: id("a") }));
    e.send(exit({ id: id("b"), ticker: ticker("MSFT") }));
    e.send(entryAfter("a", "b", "b"));
    expect(e.bar(FLAT)).toEqual(["a sell 10 at 100"]);
    expect(e.moment([{ prices: FLAT }, { symbol: "MSFT", prices: FLAT }])).toEqual(["b sell 10 at 100", "in sell 10 at 100"]);
  });
});

describe("an order that waits for an entry to be withdrawn", () => {
  const old = { id: id("old"), kind: "limit", limitPx: usd(95) } as const;

  it("trades when the entry is gone", () => {
    const e = exchangeRig();
    e.send(old);
    e.send({ id: id("new"), after: [id("old")] });
    expect(e.bar(FLAT)).toEqual([]);
    e.cancel("old");
    expect(e.bar(FLAT)).toEqual(["new buy 10 at 100"]);
  });

  it("trades after an entry that was gone before, or that nobody knows", () => {
    const e = exchangeRig();
    e.send(old);
    e.cancel("old");
    e.send({ id: id("new"), after: [id("old"), id("unheard"), id("new")] });
    expect(e.bar(FLAT)).toEqual(["new buy 10 at 100"]);
  });

  it.each([0.1, 1])("is cancelled when the entry filled after all, at a volume share of %d", (volumeShare) => {
    const e = exchangeRig({ volumeShare });
    e.send(old);
    e.send({ id: id("new"), qty: count(3), after: [id("old")] });
    const replies = e.bar([100, 100, 94, 100], 50);
    expect(replies[0]).toMatch(/^old buy/);
    expect(replies[1]).toBe("new cancelled: it waited for old to be withdrawn, which filled");
  });

  it("waits on when another that waited is withdrawn", () => {
    const e = exchangeRig();
    e.send(old);
    e.send({ id: id("new"), after: [id("old")] });
    e.send({ id: id("newer"), after: [id("old"), id("new")] });
    expect(e.cancel("new")).toEqual(["new cancelled: asked for"]);
    e.cancel("old");
    expect(e.bar(FLAT)).toEqual(["newer buy 10 at 100"]);
  });
});
