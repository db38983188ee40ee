import { describe, expect, it } from "vitest";
import { RiskLimits } from "../../../../streams/domain/run.ts";
import { money, ms, SCALE, shares } from "../../../../streams/domain/units.ts";
import { type AccountView, judge, type RiskContext } from "../../../../streams/risk/checks.ts";
import { count, order, usd } from "../../../support/orders.ts";

const dollars = (n: number) => money(n * SCALE);
/** Wednesday, 10:00 in New York. */
const MORNING = ms(Date.parse("2024-01-03T15:00:00Z"));
const account: AccountView = {
  equity: dollars(100_000),
  dayStartEquity: dollars(100_000),
  gross: dollars(0),
  openPositions: 0,
  held: shares(0),
  working: shares(0),
  price: usd(100),
  priceAt: MORNING,
  barMs: 60_000,
};
const now: RiskContext = { limits: RiskLimits.parse({}), now: MORNING, halted: null, tickerHalted: null };
const limits = (l: Partial<RiskLimits>): RiskContext => ({ ...now, limits: RiskLimits.parse({ ...l }) });

describe("the age of a price", () => {
  const at = (text: string) => ms(Date.parse(text));
  const verdictAt = (priceAt: string, moment: string) =>
    judge({ order: order(), account: { ...account, priceAt: at(priceAt) } }, { ...now, now: at(moment) }).denial;

  it("does not grow while the exchange is closed: a night, a weekend and a holiday are no dead feed", () => {
    expect(verdictAt("2024-01-03T21:00:00Z", "2024-01-04T13:00:00Z")).toBeNull();
    expect(verdictAt("2024-01-12T21:00:00Z", "2024-01-16T14:30:00Z")).toBeNull();
  });

  it("grows from the open on", () => {
    expect(verdictAt("2024-01-03T21:00:00Z", "2024-01-04T14:46:00Z")).toBeNull();
    expect(verdictAt("2024-01-03T21:00:00Z", "2024-01-04T14:47:00Z")).toEqual({
      code: "STALE_DATA",
      ageMs: 17 * 60_000,
      limitMs: 16 * 60_000,
    });
  });
});

describe("a verdict", () => {
  it.each([
    ["TRADING_HALTED", {}, { ...now, halted: "paused by me" }, { reason: "paused by me" }],
    ["TICKER_HALTED", {}, { ...now, tickerHalted: "news" }, { reason: "news" }],
    ["NO_PRICE", { price: null }, now, {}],
    ["STALE_DATA", { priceAt: ms(MORNING - 1_000_000) }, limits({ maxStaleMs: 900_000 }), { ageMs: 1_000_000, limitMs: 960_000 }],
    ["DAILY_LOSS_EXCEEDS_LIMIT", { equity: dollars(96_999) }, now, { loss: dollars(3001), limit: dollars(3000) }],
    ["TOO_MANY_POSITIONS", { openPositions: 20 }, now, { open: 20, limit: 20 }],
    ["POSITION_EXCEEDS_LIMIT", {}, limits({ maxPositionFraction: 0.0001 }), { notional: dollars(1000), limit: dollars(10) }],
    ["GROSS_EXPOSURE_EXCEEDS_LIMIT", { gross: dollars(99_950) }, now, { gross: dollars(100_950), limit: dollars(100_000) }],
    [
      "ORDER_TOO_SMALL",
      {},
      { ...now, limits: { ...now.limits, minOrderNotional: dollars(1001) } },
      { notional: dollars(1000), limit: dollars(1001) },
    ],
  ] as const)("denies with %s and the numbers", (code, seen, context, numbers) => {
    const verdict = judge({ order: order(), account: { ...account, ...seen } }, context);
    expect(verdict).toEqual({ granted: 0, denial: { code, ...numbers } });
  });

  it("denies a short sale where none is allowed, but not a sale of what is held", () => {
    const context = limits({ allowShort: false });
    expect(judge({ order: order({ side: "sell" }), account }, context).denial).toEqual({ code: "SHORT_NOT_ALLOWED" });
    const held = { ...account, held: shares(4 * SCALE), gross: dollars(400) };
    expect(judge({ order: order({ side: "sell" }), account: held }, context)).toEqual({
      granted: count(4),
      denial: { code: "SHORT_NOT_ALLOWED" },
    });
  });

  it("lets a paused account out of the part that reduces", () => {
    const held = { ...account, held: shares(4 * SCALE) };
    expect(judge({ order: order({ side: "sell" }), account: held }, { ...now, halted: "x" }).granted).toBe(count(4));
  });

  it("cuts to the tightest room and names the first limit met", () => {
    const context = limits({ maxPositionFraction: 0.008, maxGrossExposure: 0.5 });
    const verdict = judge({ order: order(), account: { ...account, gross: dollars(49_700) } }, context);
    expect(verdict.granted).toBe(count(3));
    expect(verdict.denial?.code).toBe("POSITION_EXCEEDS_LIMIT");
  });

  it("denies an order of no shares, saying why", () => {
    expect(judge({ order: order({ qty: count(0) }), account }, now).denial?.code).toBe("ORDER_TOO_SMALL");
    expect(judge({ order: order({ qty: count(0) }), account: { ...account, price: null } }, now).denial?.code).toBe("NO_PRICE");
  });

  it("judges an order sized at the fill by what it would be now, all or nothing", () => {
    const all = order({ qty: count(0), cashFraction: 0.5 });
    expect(judge({ order: all, account }, limits({ maxPositionFraction: 0.4 })).denial?.code).toBe("POSITION_EXCEEDS_LIMIT");
    expect(judge({ order: all, account }, limits({ maxPositionFraction: 0.6 })).denial).toBeNull();
  });
});
