import { describe, expect, it } from "vitest";
import { RiskLimits } from "../../../../streams/domain/run.ts";
import { money, ms, SCALE, shares, ticker } from "../../../../streams/domain/units.ts";
import { type AccountView, judge, type RiskContext, type Standing } from "../../../../streams/risk/checks.ts";
import { count, order, usd } from "../../../support/orders.ts";

const dollars = (n: number) => money(n * SCALE);
/** Wednesday, 10:00 in New York. */
const MORNING = ms(Date.parse("2024-01-03T15:00:00Z"));
const clear: Standing = {
  position: dollars(0),
  gross: dollars(0),
  openPositions: 0,
  isOpen: false,
  covers: count(0),
  opposes: null,
};
const account: AccountView = {
  equity: dollars(100_000),
  dayStartEquity: dollars(100_000),
  held: shares(0),
  price: usd(100),
  priceAt: MORNING,
  barMs: 60_000,
  now: clear,
  later: null,
  closing: null,
  exceeded: null,
};
const standing = (s: Partial<Standing>): AccountView => ({ ...account, now: { ...clear, ...s } });
const DEFAULT = RiskLimits.parse({});
/** No collar, so that the numbers are round. */
const limits = (l: Partial<RiskLimits> = {}): RiskContext => ({
  limits: { ...DEFAULT, collar: 0, ...l },
  now: MORNING,
  halted: null,
  tickerHalted: null,
});
const now = limits();
const APPROVED = { denial: null, exits: false, waits: false };

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
    ["TRADING_HALTED", account, { ...now, halted: "paused by me" }, { reason: "paused by me" }],
    ["CLOSING", { ...account, closing: "ana" }, now, { by: "ana" }],
    [
      "LIMIT_EXCEEDED",
      { ...account, exceeded: { ticker: ticker("MSFT"), limit: "position", value: dollars(3), most: dollars(2) } },
      now,
      { ticker: "MSFT", limit: "position", value: dollars(3), most: dollars(2) },
    ],
    ["TICKER_HALTED", account, { ...now, tickerHalted: "news" }, { reason: "news" }],
    ["NO_PRICE", { ...account, price: null }, now, {}],
    [
      "STALE_DATA",
      { ...account, priceAt: ms(MORNING - 1_000_000) },
      limits({ maxStaleMs: 900_000 }),
      { ageMs: 1_000_000, limitMs: 960_000 },
    ],
    ["OPPOSES_BOOK", standing({ opposes: "ensemble" }), now, { book: "ensemble" }],
    ["DAILY_LOSS_EXCEEDS_LIMIT", { ...account, equity: dollars(96_999) }, now, { loss: dollars(3001), limit: dollars(3000) }],
    ["TOO_MANY_POSITIONS", standing({ openPositions: 20 }), now, { open: 20, limit: 20 }],
    ["POSITION_EXCEEDS_LIMIT", account, limits({ maxPositionFraction: 0.0001 }), { notional: dollars(1000), limit: dollars(10) }],
    [
      "GROSS_EXPOSURE_EXCEEDS_LIMIT",
      standing({ gross: dollars(99_950) }),
      now,
      { gross: dollars(100_950), limit: dollars(100_000) },
    ],
    [
      "BUYING_POWER_EXCEEDED",
      standing({ gross: dollars(99_950) }),
      limits({ maxGrossExposure: 5 }),
      { needed: dollars(1000), available: dollars(50) },
    ],
    ["ORDER_TOO_SMALL", account, limits({ minOrderNotional: dollars(1001) }), { notional: dollars(1000), limit: dollars(1001) }],
  ] as const)("denies with %s and the numbers", (code, seen, context, numbers) => {
    expect(judge({ order: order(), account: seen }, context)).toEqual({
      granted: 0,
      denial: { code, ...numbers },
      exits: true,
      waits: false,
    });
  });

  it("passes what only closes its book as an exit, whatever is halted, closing, exceeded or stale", () => {
    const held = { ...standing({ position: dollars(90_000), gross: dollars(500_000) }), held: shares(10 * SCALE), price: null };
    const worst = { ...limits({ allowShort: false }), halted: "killed", tickerHalted: "news" };
    const asExit = { granted: count(10), denial: null, exits: true, waits: false };
    expect(judge({ order: order({ side: "sell" }), account: { ...held, closing: "ana" } }, worst)).toEqual(asExit);
    expect(judge({ order: order({ side: "sell", reduceOnly: true }), account }, worst)).toEqual(asExit);
  });

  it("denies a short sale where none is allowed, but not a sale of what is held", () => {
    const context = limits({ allowShort: false });
    expect(judge({ order: order({ side: "sell" }), account }, context).denial).toEqual({ code: "SHORT_NOT_ALLOWED" });
    const held = { ...standing({ covers: count(4) }), held: shares(4 * SCALE) };
    expect(judge({ order: order({ side: "sell" }), account: held }, context)).toEqual({
      granted: count(4),
      denial: { code: "SHORT_NOT_ALLOWED" },
      exits: true,
      waits: false,
    });
  });

  it("lets a paused account out of the part that reduces, as an exit that cannot open", () => {
    const held = { ...standing({ covers: count(4) }), held: shares(4 * SCALE) };
    expect(judge({ order: order({ side: "sell" }), account: held }, { ...now, halted: "x" })).toMatchObject({
      granted: count(4),
      exits: true,
    });
  });

  it("cuts to the tightest room and names the first limit met", () => {
    const context = limits({ maxPositionFraction: 0.008, maxGrossExposure: 0.5 });
    const verdict = judge({ order: order(), account: standing({ gross: dollars(49_700) }) }, context);
    expect(verdict.granted).toBe(count(3));
    expect(verdict.denial?.code).toBe("POSITION_EXCEEDS_LIMIT");
  });

  it("passes no limit at the price judged, collar included", () => {
    const context = limits({ maxPositionFraction: 0.01, collar: 0.25 });
    expect(judge({ order: order(), account }, context).granted).toBe(count(8)); // 8 × 125
    const atLimit = order({ kind: "limit", limitPx: usd(100) });
    expect(judge({ order: atLimit, account }, context).granted).toBe(count(10)); // a limit to buy is never filled dearer
  });

  it("judges a short limit far above the market at its own price", () => {
    const far = order({ side: "sell", kind: "limit", limitPx: usd(300) });
    expect(judge({ order: far, account }, limits({ maxPositionFraction: 0.01 })).granted).toBe(count(3));
  });

  it("lets an entry pass that fits only when the exits of its moment are done, and makes it wait for them", () => {
    const full = { ...clear, gross: dollars(100_000), openPositions: 20 };
    const seen = { ...account, now: full, later: { ...clear, gross: dollars(90_000), openPositions: 19 } };
    expect(judge({ order: order(), account: seen }, now)).toEqual({ ...APPROVED, granted: count(10), waits: true });
    expect(judge({ order: order(), account: { ...seen, now: clear } }, now)).toEqual({ ...APPROVED, granted: count(10) });
    const half = { ...seen, later: { ...clear, gross: dollars(99_500) } };
    expect(judge({ order: order(), account: half }, now)).toMatchObject({ granted: count(5), waits: true });
  });

  it("denies an order of no shares, saying why", () => {
    expect(judge({ order: order({ qty: count(0) }), account }, now).denial?.code).toBe("ORDER_TOO_SMALL");
    expect(judge({ order: order({ qty: count(0) }), account: { ...account, price: null } }, now).denial?.code).toBe("NO_PRICE");
  });

  it("judges an order sized at the fill by the fraction of the equity it reserves, all or nothing", () => {
    const all = order({ qty: count(0), cashFraction: 0.5 });
    expect(judge({ order: all, account }, limits({ maxPositionFraction: 0.4 })).denial?.code).toBe("POSITION_EXCEEDS_LIMIT");
    expect(judge({ order: all, account }, limits({ maxPositionFraction: 0.6 })).denial).toBeNull();
  });

  it("turns every limit off but halts when it is told to", () => {
    const off = limits({ enabled: false, maxPositionFraction: 0.0001 });
    expect(judge({ order: order(), account }, off)).toEqual({ ...APPROVED, granted: count(10) });
    expect(judge({ order: order(), account }, { ...off, halted: "killed" }).granted).toBe(0);
  });
});
