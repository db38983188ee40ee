import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bookNamed, idOf } from "../../../../actors/orderIds.ts";
import { ACCOUNT_BOOK, bookOf, ENSEMBLE_BOOK, entryOf, isLegId, siblingOf } from "../../../../streams/domain/books.ts";
import { orderId, ticker } from "../../../../streams/domain/units.ts";

const AAPL = ticker("AAPL");
const BRK = ticker("BRK.B");
const of = (id: string, symbol = AAPL): string => bookOf(orderId(id), symbol);

describe("the book of an order", () => {
  it.each([
    ["says it between run and ticker", "s1-ensemble-AAPL-17", AAPL, ENSEMBLE_BOOK],
    ["and its legs say the same", "s1-dip_buyer-AAPL-17.sl", AAPL, "dip_buyer"],
    ["has a run with dashes", "2024-01-02-momentum-AAPL-1", AAPL, "momentum"],
    ["has a ticker with a dot", "s1-rsi_bracket-BRK.B-3.tp", BRK, "rsi_bracket"],
    ["is of a strategy with the name of its ticker", "s1-AAPL-AAPL-3", AAPL, "AAPL"],
  ] as const)("%s", (_what, id, symbol, book) => {
    expect(of(id, symbol)).toBe(book);
  });

  it.each([
    ["another system's", "b0c1f3"],
    ["a test's", "o1"],
    ["of another ticker", "s1-ensemble-MSFT-17"],
    ["without a run", "ensemble-AAPL-17"],
    ["without a book", "s1--AAPL-17"],
    ["without a serial", "s1-ensemble-AAPL-"],
    ["with letters for a serial", "s1-ensemble-AAPL-17x"],
    ["with a serial of zero", "s1-ensemble-AAPL-0"],
    ["with a serial that begins with zero", "s1-ensemble-AAPL-017"],
    ["with a sign before its serial", "s1-ensemble-AAPL-+17"],
    ["empty", ""],
  ])("is the account's when the id is %s", (_what, id) => {
    expect(of(id)).toBe(ACCOUNT_BOOK);
  });

  it("is found again from any id that we make, whatever the strategy is called", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/),
        fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,40}$/), fc.string({ minLength: 1, maxLength: 60 })),
        fc.constantFrom(AAPL, BRK),
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.constantFrom("", ".sl", ".tp"),
        (run, by, symbol, serial, leg) => {
          const book = of(`${idOf(run, by, symbol, serial)}${leg}`, symbol);
          expect(book).toBe(bookNamed(by));
          expect(book).not.toContain("-");
        },
      ),
    );
  });

  it("is another one for each of two strategies whose names differ in a dash, or after many letters", () => {
    const names = ["dip-buyer", "dip_buyer", "dipbuyer", "a_strategy_of_a_long_name_one", "a_strategy_of_a_long_name_two"];
    expect(new Set(names.map((by) => of(idOf("s1", by, AAPL, 1)))).size).toBe(names.length);
  });
});

describe("a leg", () => {
  it("is told by its suffix, and names its entry and its sibling", () => {
    const entry = orderId("s1-dip-AAPL-1");
    const [stop, profit] = [orderId(`${entry}.sl`), orderId(`${entry}.tp`)];
    expect([entry, stop, profit].map(isLegId)).toEqual([false, true, true]);
    expect([entry, stop, profit].map(entryOf)).toEqual([entry, entry, entry]);
    expect([siblingOf(stop), siblingOf(profit)]).toEqual([profit, stop]);
  });
});
