import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RiskLimits } from "../../streams/domain/run.ts";
import { money, ms, notional, px, qty, ratio, SCALE, shares } from "../../streams/domain/units.ts";
import { type AccountView, judge, type RiskContext } from "../../streams/risk/checks.ts";
import { order } from "../support/orders.ts";

/** Tuesday 2024-01-02, 9:30 in New York: prices age only while the exchange is open. */
const OPEN = Date.UTC(2024, 0, 2, 14, 30);
const whole = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * SCALE);
const limits = fc
  .record({
    maxPositionFraction: fc.double({ min: 0.01, max: 2, noNaN: true }),
    maxGrossExposure: fc.double({ min: 0.01, max: 3, noNaN: true }),
    maxOpenPositions: fc.integer({ min: 1, max: 5 }),
    maxDailyLossFraction: fc.double({ min: 0.001, max: 1, noNaN: true }),
    maxStaleMs: fc.integer({ min: 1, max: 100_000 }),
    allowShort: fc.boolean(),
    enabled: fc.boolean(),
  })
  .map((l) => RiskLimits.parse(l));
const account: fc.Arbitrary<AccountView> = fc
  .record({
    equity: whole(-1000, 1_000_000),
    dayStartEquity: whole(1, 1_000_000),
    others: whole(0, 500_000),
    openPositions: fc.integer({ min: 0, max: 6 }),
    held: whole(-500, 500),
    working: whole(-500, 500),
    price: fc.option(fc.integer({ min: 10_000, max: 500 * SCALE }), { nil: null }),
    priceAt: fc.integer({ min: 0, max: 200_000 }),
  })
  .map(({ others, ...a }) => ({
    ...a,
    equity: money(a.equity),
    dayStartEquity: money(a.dayStartEquity),
    gross: money(others + (a.price === null ? 0 : notional(px(a.price), shares(Math.abs(a.held))))),
    held: shares(a.held),
    working: shares(a.working),
    price: a.price === null ? null : px(a.price),
    priceAt: ms(OPEN + a.priceAt),
    barMs: 60_000,
  }));
const context = (l: RiskLimits): fc.Arbitrary<RiskContext> =>
  fc.record({
    limits: fc.constant(l),
    now: fc.constant(ms(OPEN + 250_000)),
    halted: fc.constantFrom(null, null, "paused"),
    tickerHalted: fc.constantFrom(null, null, "news pending"),
  });
const asked = fc.record({
  side: fc.constantFrom("buy" as const, "sell" as const),
  size: whole(1, 1500),
  reduceOnly: fc.boolean(),
});
const any = limits.chain((l) => fc.tuple(account, context(l), asked));

describe("risk", () => {
  it("grants in full whatever only reduces, under any limits, halts and prices", () => {
    fc.assert(
      fc.property(any, ([a, c, { side, size }]) => {
        expect(judge({ order: order({ side, qty: qty(size), reduceOnly: true }), account: a }, c).granted).toBe(size);
        const net = a.held + a.working;
        if (net === 0) return;
        const out = order({ side: net > 0 ? "sell" : "buy", qty: qty(Math.min(size, Math.abs(net))) });
        expect(judge({ order: out, account: a }, c)).toEqual({ granted: out.qty, denial: null });
      }),
      { numRuns: 500 },
    );
  });

  it("grants no more than asked, whole shares, and nothing past a limit", () => {
    let granted = 0;
    let cut = 0;
    fc.assert(
      fc.property(any, ([a, c, { side, size }]) => {
        const o = order({ side, qty: qty(size) });
        const verdict = judge({ order: o, account: a }, c);
        expect(verdict.granted).toBeLessThanOrEqual(size);
        expect(verdict.granted % SCALE).toBe(0);
        expect(verdict.denial === null).toBe(verdict.granted === size);
        const sign = side === "buy" ? 1 : -1;
        const net = a.held + a.working;
        const reducing = Math.sign(net) === -sign ? Math.min(Math.abs(net), size) : 0;
        const opened = verdict.granted - reducing;
        if (opened <= 0) return;
        granted += 1;
        if (verdict.granted < size) cut += 1;
        expect(c.halted).toBeNull();
        if (!c.limits.enabled) return;
        const l = c.limits;
        expect([c.tickerHalted, a.price === null]).toEqual([null, false]);
        const price = a.price ?? px(1);
        expect(l.allowShort || side === "buy").toBe(true);
        expect(a.dayStartEquity - a.equity).toBeLessThanOrEqual(ratio(a.dayStartEquity, l.maxDailyLossFraction));
        expect(notional(price, shares(Math.abs(net + sign * verdict.granted)))).toBeLessThanOrEqual(
          ratio(a.equity, l.maxPositionFraction),
        );
        expect(a.gross + notional(price, qty(opened))).toBeLessThanOrEqual(ratio(a.equity, l.maxGrossExposure));
        expect(250_000 - a.priceAt).toBeLessThanOrEqual(l.maxStaleMs + a.barMs);
        expect(a.held !== 0 || a.working !== 0 || a.openPositions < l.maxOpenPositions).toBe(true);
      }),
      { numRuns: 5000, seed: 3 },
    );
    expect(granted).toBeGreaterThan(100);
    expect(cut).toBeGreaterThan(10);
  });
});
