import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idOf, serialOf } from "../../../actors/orderIds.ts";
import { orderId, ticker } from "../../../streams/domain/units.ts";

const AAPL = ticker("AAPL");
const RUN = "s0123456789";

describe("an order's id", () => {
  it("says run, who asked, ticker and serial", () => {
    expect(idOf(RUN, "ensemble", AAPL, 17)).toBe("s0123456789-ensemble-AAPL-17");
  });

  it("has at most 48 letters with the suffix of a leg, whoever asked, and only those that a broker takes", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 99_999_999 }), (by, serial) => {
        const id = idOf(RUN, by, ticker("GOOGL.A"), serial);
        expect(`${id}.sl`.length).toBeLessThanOrEqual(48);
        expect(id).toMatch(/^[\w.-]+$/);
        expect(serialOf(id)).toBe(serial);
      }),
    );
  });

  it("tells those apart whose names begin alike or differ in a letter that had to go", () => {
    const names = ["my_very_long_strategy_a", "my_very_long_strategy_b", "dip buyer", "dip_buyer", "dip/buyer", "dip-buyer"];
    expect(new Set(names.map((by) => idOf(RUN, by, AAPL, 1))).size).toBe(names.length);
  });

  it("has no serial when it is another system's", () => {
    expect([serialOf(orderId("b0c1")), serialOf(orderId("web-3f-00x")), serialOf(orderId("x-0"))]).toEqual([0, 0, 0]);
  });
});
