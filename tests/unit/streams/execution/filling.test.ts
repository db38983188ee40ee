import { describe, expect, it } from "vitest";
import { orderId, qty, SCALE, ticker } from "../../../../streams/domain/units.ts";
import { bracketOf, exchangeRig, exit, type OHLC } from "../../../support/exchangeRig.ts";
import { count, usd } from "../../../support/orders.ts";

const FLAT: OHLC = [100, 100, 100, 100];
const AT_150: OHLC = [150, 150, 150, 150];
const id = orderId;
const REST = "cancelled: the rest would exceed buying power";

describe("buying power", () => {
  it("cuts a fill that opens to the shares that it carries, and the rest is cancelled", () => {
    const e = exchangeRig({ cash: 10_000 });
    e.send({ qty: count(100) }); // sized at 100
    expect(e.bar(AT_150)).toEqual(["o1 buy 66 at 150 leaves 34", `o1 ${REST}`]);
    expect(e.exchange.cash()).toBe(100 * SCALE);
  });

  it("is leverage × equity − gross, commission included", () => {
    const e = exchangeRig({ cash: 10_000, leverage: 2, commission: 0.001 });
    e.send({ qty: count(300) });
    expect(e.bar(FLAT)).toEqual(["o1 buy 199 at 100 leaves 101", `o1 ${REST}`]);
  });

  it("cuts a short as it cuts a long", () => {
    const e = exchangeRig({ cash: 10_000 });
    e.send({ side: "sell", qty: count(150) });
    expect(e.bar(FLAT)).toEqual(["o1 sell 100 at 100 leaves 50", `o1 ${REST}`]);
  });

  it("cuts an order of part shares to the millionth of one", () => {
    const e = exchangeRig({ cash: 100 });
    e.send({ qty: qty(1.5 * SCALE) });
    expect(e.bar(AT_150)).toEqual(["o1 buy 0.666666 at 150 leaves 0.833334", `o1 ${REST}`]);
  });

  it("of nothing rejects the order", () => {
    const e = exchangeRig({ cash: 99 });
    e.send({});
    expect(e.bar(FLAT)).toEqual(["o1 rejected INSUFFICIENT_FUNDS"]);
  });

  it("gone after a part was filled cancels the rest", () => {
    const e = exchangeRig({ cash: 500, volumeShare: 0.1 });
    e.send({});
    expect(e.bar(FLAT, 50)).toEqual(["o1 buy 5 at 100 leaves 5"]);
    expect(e.bar(FLAT)).toEqual([`o1 ${REST}`]);
  });

  it("never cuts what reduces: a reversal gets out whole, and in as far as money goes", () => {
    const e = exchangeRig({ cash: 1000 });
    e.send({ side: "sell" });
    e.bar(FLAT);
    e.send({ id: id("o2"), qty: count(30) });
    expect(e.bar(AT_150)).toEqual(["o2 buy 13 at 150 leaves 17", `o2 ${REST}`]); // 500 is left after 10 were bought back
    expect(e.held()).toBe(3);
  });

  it("below zero still lets an exit out", () => {
    const e = exchangeRig({ cash: 1000 });
    e.send({ side: "sell" });
    e.bar(FLAT);
    e.send(exit({ id: id("o2"), side: "buy" }));
    expect(e.bar([300, 300, 300, 300])).toEqual(["o2 buy 10 at 300"]);
    expect(e.exchange.cash()).toBe(-1000 * SCALE);
  });

  it("values other tickers at their latest price", () => {
    const e = exchangeRig({ cash: 1000 });
    e.adopt(-10, "account", "MSFT", 20);
    e.moment([{ symbol: "MSFT", prices: [30, 30, 30, 30] }]);
    e.send({});
    expect(e.bar(FLAT)).toEqual(["o1 buy 4 at 100 leaves 6", `o1 ${REST}`]); // equity 700, gross 300
  });
});

describe("an order sized by cash", () => {
  it.each([
    ["buy", 99, 99_000 + 99],
    ["sell", 99, -(99_000 - 99)],
  ] as const)("%s is sized at the fill, commission included", (side, shares, cost) => {
    const e = exchangeRig({ commission: 0.001 });
    e.send({ side, qty: count(0), cashFraction: 0.9999 });
    expect(e.bar([1000, 1000, 1000, 1000])).toEqual([`o1 ${side} ${shares} at 1000`]);
    expect(e.exchange.cash()).toBe((100_000 - cost) * SCALE);
  });

  it("is sized once, and goes on with what volume left of it", () => {
    const e = exchangeRig({ cash: 1000, volumeShare: 0.1 });
    e.send({ qty: count(0), cashFraction: 0.5 });
    expect(e.bar(FLAT, 30)).toEqual(["o1 buy 3 at 100 leaves 2"]);
    expect(e.bar(FLAT, 30)).toEqual(["o1 buy 2 at 100"]);
  });

  it("is rejected when free money buys no share", () => {
    const e = exchangeRig({ cash: 1000 });
    e.send({ qty: count(0), cashFraction: 0.5 });
    expect(e.bar([600, 600, 600, 600])).toEqual(["o1 rejected INSUFFICIENT_FUNDS"]);
  });
});

describe("the volume of a bar", () => {
  it("limits all fills of a ticker in it together, and the rest goes on at the next open", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send({});
    e.send({ id: id("o2"), kind: "limit", limitPx: usd(99) });
    expect(e.bar([100, 100, 98, 98], 129)).toEqual(["o1 buy 10 at 100", "o2 buy 2 at 99 leaves 8"]);
    expect(e.bar([97, 97, 97, 97], 30)).toEqual(["o2 buy 3 at 97 leaves 5"]);
    expect(e.bar(FLAT, 1000)).toEqual([]);
  });

  it("of which our share is less than one share fills nothing", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send({});
    expect(e.bar(FLAT, 9)).toEqual([]);
    expect(e.bar([101, 101, 101, 101], 1000)).toEqual(["o1 buy 10 at 101"]);
  });

  it("limits also when all of it may be ours, and of zero says nothing", () => {
    const e = exchangeRig({ volumeShare: 1 });
    e.send({});
    expect(e.bar(FLAT, 7)).toEqual(["o1 buy 7 at 100 leaves 3"]);
    expect(e.bar(FLAT, 0)).toEqual(["o1 buy 3 at 100"]);
  });

  it("of one ticker does not limit another", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send({});
    e.send({ id: id("o2"), ticker: ticker("MSFT") });
    const replies = e.moment([
      { prices: FLAT, volume: 50 },
      { symbol: "MSFT", prices: FLAT, volume: 200 },
    ]);
    expect(replies).toEqual(["o1 buy 5 at 100 leaves 5", "o2 buy 10 at 100"]);
  });

  it("leaves a stop that was reached a market order", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.adopt(10);
    e.send(exit({ kind: "stop", stopPx: usd(95) }));
    expect(e.bar([100, 100, 94, 94], 40)).toEqual(["o1 sell 4 at 95 leaves 6"]);
    expect(e.bar([99, 99, 99, 99], 9)).toEqual([]);
    expect(e.bar([98, 98, 98, 98], 100)).toEqual(["o1 sell 6 at 98"]);
  });

  it("used up by others does not hide that a stop was reached", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.adopt(20);
    e.send(exit({}));
    e.send(exit({ id: id("o2"), kind: "stop", stopPx: usd(95) }));
    expect(e.bar([100, 100, 94, 99], 100)).toEqual(["o1 sell 10 at 100"]);
    expect(e.bar([99, 99, 99, 99], 100)).toEqual(["o2 sell 10 at 99"]);
  });
});

describe("the legs of an entry that fills in parts", () => {
  const entry = { bracket: bracketOf(95, 110) };
  const legs = (e: ReturnType<typeof exchangeRig>) =>
    e.exchange
      .working()
      .filter((o) => o.reduceOnly)
      .map((o) => `${o.id} ${o.qty / SCALE}`);

  it("have what filled so far, and grow with each further fill", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send(entry);
    e.bar(FLAT, 40);
    expect(legs(e)).toEqual(["o1.sl 4", "o1.tp 4"]);
    e.bar(FLAT, 30);
    expect(legs(e)).toEqual(["o1.sl 7", "o1.tp 7"]);
  });

  it("shrink together: what one leg filled the other does not exit again", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send(entry);
    e.bar(FLAT, 100);
    expect(e.bar([100, 111, 100, 100], 40)).toEqual(["o1.tp sell 4 at 110 leaves 6"]);
    expect(legs(e)).toEqual(["o1.sl 6", "o1.tp 10"]);
    expect(e.bar([94, 94, 94, 94], 100)).toEqual(["o1.sl sell 6 at 94", "o1.tp cancelled: the other leg filled"]);
    expect(e.held()).toBe(0);
  });

  it("end what is still to fill of the entry when one of them got all out", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send({ ...entry, kind: "limit", limitPx: usd(100) });
    e.bar(FLAT, 40);
    expect(e.bar([111, 111, 111, 111], 100)).toEqual([
      "o1.tp sell 4 at 111",
      "o1.sl cancelled: the other leg filled",
      "o1 cancelled: an exit of its bracket filled",
    ]);
  });

  it("go on when the rest of the entry is withdrawn, and are born also of a fill that money cut", () => {
    const e = exchangeRig({ volumeShare: 0.1 });
    e.send({ ...entry, kind: "limit", limitPx: usd(100) });
    e.bar(FLAT, 40);
    expect(e.cancel("o1")).toEqual(["o1 cancelled: asked for"]);
    expect(e.working()).toEqual(["o1.sl", "o1.tp"]);
    const poor = exchangeRig({ cash: 500 });
    poor.send(entry);
    poor.bar(FLAT);
    expect(legs(poor)).toEqual(["o1.sl 5", "o1.tp 5"]);
  });
});

describe("the legs of a position that ends otherwise", () => {
  it("are cancelled when it is closed, or turned by one order", () => {
    for (const size of [10, 25]) {
      const e = exchangeRig();
      e.send({ bracket: bracketOf(95, 110) });
      e.bar(FLAT);
      e.send({ id: id("out"), side: "sell", qty: count(size) });
      expect(e.bar([100, 120, 80, 100])).toEqual([
        `out sell ${size} at 100`,
        "o1.sl cancelled: the position is closed",
        "o1.tp cancelled: the position is closed",
      ]);
    }
  });

  it("are of the shares that the entry opened, not of those it bought back", () => {
    const e = exchangeRig();
    e.adopt(-10);
    e.send({ qty: count(25), bracket: bracketOf(95, null) });
    e.bar(FLAT);
    expect(e.exchange.working().map((o) => [o.id, o.qty / SCALE])).toEqual([["o1.sl", 15]]);
  });
});
