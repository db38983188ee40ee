import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Account, openAccount } from "../../../actors/account.ts";
import {
  allBefore,
  inOrder,
  noteWithdrawn,
  openMoment,
  ownBefore,
  type Planned,
  passTo,
  planned,
} from "../../../actors/moment.ts";
import type { Ask } from "../../../actors/proposing.ts";
import { addWorking, dropWorking } from "../../../actors/working.ts";
import { fill, type Order } from "../../../streams/domain/order.ts";
import { money, ms, type OrderId, orderId, px, qty, SCALE, seq, ticker } from "../../../streams/domain/units.ts";
import { applyFill } from "../../../streams/portfolio/ledger.ts";
import { count, order, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const ask = (book: string, wanted: Partial<Ask["wanted"]> = {}, symbol = AAPL): Ask => ({
  ticker: symbol,
  book,
  by: book,
  origin: seq(1),
  wanted: { side: "buy", kind: "market", qty: count(10), ...wanted },
});
const sells = (book: string, n: number, more: Partial<Ask["wanted"]> = {}) => ask(book, { side: "sell", qty: count(n), ...more });
const account = () => openAccount(money(100_000 * SCALE));
let serial = 0;
const holding = (held: Account, book: string, n: number, side: "buy" | "sell" = "buy"): void => {
  serial += 1;
  applyFill(
    held.ledger,
    fill({
      ticker: AAPL,
      orderId: orderId(`r-${book}-AAPL-${serial}`),
      fillId: `f${serial}`,
      side,
      qty: count(n),
      px: usd(100),
      commission: money(0),
      leaves: count(0),
      tEvent: ms(1),
      tSeen: ms(1),
      cause: seq(0),
    }),
  );
};
const works = (held: Account, id: string, more: Partial<Order> = {}): Order => {
  const one = order({ id: orderId(id), ...more });
  addWorking(held.working, one);
  return one;
};
const closes = (held: Account, ...asks: Ask[]) => planned(held, asks).map((p) => p.closes);
const ids = (set: ReadonlySet<OrderId> | null) => (set === null ? null : [...set]);

describe("which orders of a moment only close", () => {
  it("is those marked so, and those that what their own book holds still covers, in their order", () => {
    const held = account();
    holding(held, "dip", 10);
    expect(closes(held, sells("dip", 6), sells("dip", 4), sells("dip", 4))).toEqual([true, true, false]);
    expect(closes(held, sells("dip", 10), sells("dip", 1))).toEqual([true, false]);
    expect(closes(held, sells("dip", 10, { reduceOnly: true }), sells("dip", 1))).toEqual([true, false]);
  });

  it("is none against another book, or on the side of what is held", () => {
    const held = account();
    holding(held, "dip", 10);
    expect(closes(held, sells("ensemble", 5), ask("dip"))).toEqual([false, false]);
    expect(closes(held, sells("dip", 5, { reduceOnly: true, kind: "limit", limitPx: usd(200) }), sells("dip", 10))).toEqual([
      true,
      true, // an exit that waits for its price uses nothing up yet
    ]);
  });

  it("knows a book by its name in ids", () => {
    const held = account();
    holding(held, "dip_buyer", 10);
    expect(closes(held, sells("dip_buyer", 10))).toEqual([true]);
    expect(closes(held, sells("dip-buyer", 10))).toEqual([false]);
  });
});

describe("the order of a moment's proposals", () => {
  const price = fc.option(fc.constantFrom(90, 100).map(usd), { nil: undefined });
  const asks = fc.record({
    ticker: fc.constantFrom(AAPL, MSFT),
    side: fc.constantFrom("buy" as const, "sell" as const),
    kind: fc.constantFrom("market" as const, "limit" as const, "stop" as const),
    size: fc.option(fc.constantFrom(1, 2).map(count), { nil: null }),
    limitPx: price,
    stopPx: price,
    stopLoss: price,
  });
  const said = ({ book: _book, by: _by, ...rest }: Ask): string => JSON.stringify(rest);

  it("depends on what they say, not on who was listed first or what anyone is called", () => {
    fc.assert(
      fc.property(
        fc.array(asks, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        fc.shuffledSubarray(["a", "b", "c", "d", "e", "f", "g", "h"], { minLength: 8, maxLength: 8 }),
        (some, keys, names) => {
          const called = (i: number) => names[i] ?? "";
          const all = some.map(({ ticker: symbol, side, kind, size, limitPx, stopPx, stopLoss }, i) =>
            ask(
              called(i),
              {
                side,
                kind,
                qty: size,
                ...(limitPx ? { limitPx } : {}),
                ...(stopPx ? { stopPx } : {}),
                ...(stopLoss ? { bracket: { stopLoss, takeProfit: null } } : {}),
              },
              symbol,
            ),
          );
          const before = [...all].sort(inOrder).map(said);
          const shuffled = all
            .map((a, i) => [keys[i] ?? 0, { ...a, book: called(7 - i), by: called(7 - i) }] as const)
            .sort(([a], [b]) => a - b)
            .map(([, a]) => a);
          expect(shuffled.sort(inOrder).map(said)).toEqual(before);
        },
      ),
    );
  });

  it("is by name where they say the same", () => {
    expect([ask("b"), ask("c"), ask("a")].sort(inOrder).map((a) => a.book)).toEqual(["a", "b", "c"]);
  });

  it("tells a small fraction of cash from a smaller one, and a price from none", () => {
    const byCash = (fraction: number) => ask("a", { qty: null, cashFraction: fraction });
    expect([byCash(0.5), byCash(0.25)].sort(inOrder).map((a) => a.wanted.cashFraction)).toEqual([0.25, 0.5]);
    const limit = ask("a", { kind: "limit", limitPx: px(1) });
    expect([limit, ask("b", { kind: "limit" })].sort(inOrder).map((a) => a.book)).toEqual(["b", "a"]);
  });
});

const entry = (...of: Parameters<typeof ask>): Planned => ({ ...ask(...of), closes: false, pair: null });

describe("an order that would close and then open the other side", () => {
  it("becomes an exit of what is held, and an entry that waits for it", () => {
    const held = account();
    holding(held, "dip", 10);
    const [out, entry] = planned(held, [sells("dip", 15)]);
    expect([out?.closes, out?.wanted.qty, out?.wanted.reduceOnly]).toEqual([true, count(10), true]);
    expect([entry?.closes, entry?.wanted.qty, entry?.pair === out?.pair]).toEqual([false, count(5), true]);
  });

  it("becomes two also when it is sized by cash", () => {
    const held = account();
    holding(held, "dip", 10);
    const [out, entry] = planned(held, [ask("dip", { side: "sell", qty: null, cashFraction: 0.5 })]);
    expect([out?.wanted.qty, out?.wanted.cashFraction]).toEqual([count(10), undefined]);
    expect([entry?.closes, entry?.wanted.cashFraction]).toEqual([false, 0.5]);
  });
});

describe("what an order has to wait for", () => {
  it("is the exits at market of its own book, and what the same strategy withdrew in this moment", () => {
    const held = account();
    const moment = openMoment();
    const exit = works(held, "r-dip-AAPL-1", { side: "sell", reduceOnly: true, by: "dip" });
    works(held, "r-ensemble-AAPL-2", { side: "sell", reduceOnly: true });
    const old = works(held, "r-dip-AAPL-3", { kind: "limit", limitPx: usd(90), by: "dip" });
    const resting = works(held, "r-dip-AAPL-4", { side: "sell", kind: "limit", limitPx: usd(190), reduceOnly: true, by: "dip" });
    noteWithdrawn(held, moment, AAPL, "dip");
    expect([...moment.withdrawn]).toEqual([old.id]);
    const own = ownBefore(held, moment, entry("dip"));
    expect(ids(own)).toEqual([exit.id, old.id]);
    expect(own.has(resting.id)).toBe(false);
    expect(ids(ownBefore(held, moment, entry("dip", {}, MSFT)))).toEqual([]);
  });

  it("is, if limits ask for it, every exit at market that is not over", () => {
    const held = account();
    const moment = openMoment();
    const mine = works(held, "r-dip-AAPL-1", { side: "sell", reduceOnly: true });
    const far = works(held, "r-ensemble-MSFT-1", { ticker: MSFT, side: "sell", reduceOnly: true });
    const own = ownBefore(held, moment, entry("dip"));
    expect(ids(allBefore(held, moment, own))).toEqual([mine.id, far.id]);
    dropWorking(held.working, { type: "order.filled", orderId: far.id, qty: count(10), leaves: qty(0) });
    expect(allBefore(held, moment, own)).toBeNull();
  });

  it("is an exit of an earlier moment too, and no withdrawal of one", () => {
    const held = account();
    const moment = openMoment();
    passTo(moment, ms(5));
    const exit = works(held, "r-dip-AAPL-1", { side: "sell", reduceOnly: true });
    works(held, "r-dip-AAPL-2", { kind: "limit", limitPx: usd(90), by: "dip" });
    noteWithdrawn(held, moment, AAPL, "dip");
    passTo(moment, ms(5));
    expect(moment.withdrawn.size).toBe(1);
    passTo(moment, ms(6));
    expect(ids(ownBefore(held, moment, entry("dip")))).toEqual([exit.id]);
  });
});
