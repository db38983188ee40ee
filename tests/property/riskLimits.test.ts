import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RiskLimits } from "../../streams/domain/run.ts";
import { money, ms, notional, px, qty, ratio, SCALE, shares } from "../../streams/domain/units.ts";
import { type AccountView, judge, type RiskContext, type Standing } from "../../streams/risk/checks.ts";
import { order } from "../support/orders.ts";

/** Tuesday 2024-01-02, 9:30 in New York: prices age only while the exchange is open. */
const OPEN = Date.UTC(2024, 0, 2, 14, 30);
const NOW = ms(OPEN + 250_000);
const whole = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * SCALE);
/** One in ten. */
const rarely = <T>(what: T) => fc.integer({ min: 0, max: 9 }).map((n) => (n === 0 ? what : null));
const limits = fc
  .record({
    maxPositionFraction: fc.double({ min: 0.01, max: 2, noNaN: true }),
    maxGrossExposure: fc.double({ min: 0.01, max: 3, noNaN: true }),
    maxOpenPositions: fc.integer({ min: 1, max: 5 }),
    maxDailyLossFraction: fc.double({ min: 0.001, max: 1, noNaN: true }),
    maxStaleMs: fc.integer({ min: 1, max: 100_000 }),
    allowShort: fc.boolean(),
    enabled: fc.boolean(),
    leverage: fc.double({ min: 1, max: 4, noNaN: true }),
    collar: fc.constantFrom(0, 0.03, 0.25),
  })
  .map((l) => RiskLimits.parse(l));
type Judged = AccountView & { readonly now: Standing };
const account: fc.Arbitrary<Judged> = fc
  .record({
    equity: whole(-1000, 1_000_000),
    dayStartEquity: whole(1, 1_000_000),
    others: whole(0, 500_000),
    openPositions: fc.integer({ min: 0, max: 6 }),
    held: whole(-500, 500),
    /** Exits of its book that already work. */
    leaving: whole(0, 500),
    opposes: rarely("other"),
    closing: rarely("ana"),
    isOpen: fc.boolean(),
    price: fc.option(fc.integer({ min: 10_000, max: 500 * SCALE }), { nil: null }),
    priceAt: fc.integer({ min: 0, max: 200_000 }),
  })
  .map(({ others, leaving, opposes, openPositions, isOpen, ...a }) => {
    const value = a.price === null ? 0 : notional(px(a.price), shares(Math.abs(a.held)));
    const now: Standing = {
      position: money(value),
      gross: money(others + value),
      openPositions,
      isOpen,
      covers: qty(Math.max(0, Math.abs(a.held) - leaving)),
      opposes,
    };
    return {
      ...a,
      at: NOW,
      equity: money(a.equity),
      dayStartEquity: money(a.dayStartEquity),
      held: shares(a.held),
      price: a.price === null ? null : px(a.price),
      priceAt: ms(OPEN + a.priceAt),
      barMs: 60_000,
      now,
      later: null,
      exceeded: null,
    };
  });
const context = (l: RiskLimits): fc.Arbitrary<RiskContext> =>
  fc.record({
    limits: fc.constant(l),
    now: fc.constant(NOW),
    killed: fc.constant(false),
    halted: fc.constantFrom(null, null, "paused"),
    tickerHalted: fc.constantFrom(null, null, "news pending"),
  });
const asked = fc.record({
  side: fc.constantFrom("buy" as const, "sell" as const),
  size: whole(1, 1500),
  reduceOnly: fc.boolean(),
});
const any = limits.chain((l) => fc.tuple(account, context(l), asked));

/** Only what is held against an order covers it. */
const sided = (a: Judged, side: "buy" | "sell"): Judged =>
  Math.sign(a.held) === (side === "buy" ? -1 : 1) ? a : { ...a, now: { ...a.now, covers: qty(0) } };

describe("risk", () => {
  it("grants in full whatever only reduces, under any limits, halts and prices", () => {
    fc.assert(
      fc.property(any, ([a, c, { side, size }]) => {
        expect(judge({ order: order({ side, qty: qty(size), reduceOnly: true }), account: a }, c).granted).toBe(size);
        if (a.held === 0) return;
        const out = order({ side: a.held > 0 ? "sell" : "buy", qty: qty(Math.min(size, Math.abs(a.held))) });
        expect(judge({ order: out, account: a }, c)).toEqual({ granted: out.qty, denial: null, exits: true, waits: false });
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
        const verdict = judge({ order: o, account: sided(a, side) }, c);
        expect(verdict.granted).toBeLessThanOrEqual(size);
        expect(verdict.granted % SCALE).toBe(0);
        expect(verdict.denial === null).toBe(verdict.granted === size);
        const against = Math.sign(a.held) === (side === "buy" ? -1 : 1);
        if (verdict.exits) {
          expect(verdict.granted).toBeLessThanOrEqual(against ? Math.abs(a.held) : 0);
          return;
        }
        const covers = against ? a.now.covers : 0;
        const standing = { ...a.now, covers };
        const opened = verdict.granted - covers;
        if (opened <= 0) return;
        granted += 1;
        if (verdict.granted < size) cut += 1;
        expect([c.halted, a.closing, standing.opposes].filter((x, i) => x !== null && (c.limits.enabled || i === 0))).toEqual([]);
        if (!c.limits.enabled) return;
        const l = c.limits;
        expect([c.tickerHalted, a.price === null]).toEqual([null, false]);
        const value = notional(px(Math.round((a.price ?? 1) * (1 + l.collar))), qty(opened));
        expect(l.allowShort || side === "buy").toBe(true);
        expect(a.dayStartEquity - a.equity).toBeLessThanOrEqual(ratio(a.dayStartEquity, l.maxDailyLossFraction));
        expect(standing.position + value).toBeLessThanOrEqual(ratio(a.equity, l.maxPositionFraction));
        expect(standing.gross + value).toBeLessThanOrEqual(ratio(a.equity, l.maxGrossExposure));
        expect(standing.gross + value).toBeLessThanOrEqual(ratio(a.equity, l.leverage));
        expect(250_000 - a.priceAt).toBeLessThanOrEqual(l.maxStaleMs + a.barMs);
        expect(standing.isOpen || standing.openPositions < l.maxOpenPositions).toBe(true);
      }),
      { numRuns: 10_000, seed: 3 },
    );
    expect(granted).toBeGreaterThan(100);
    expect(cut).toBeGreaterThan(5);
  });
});
