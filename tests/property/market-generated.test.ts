import fc from "fast-check";
import { expect, it } from "vitest";
import type { InputEvent } from "../../streams/domain/event.ts";
import { barFault } from "../../streams/domain/market.ts";
import { generatedMarket } from "../../streams/market/generated.ts";
import type { GeneratedMarketSettings } from "../../streams/market/settings.ts";

const settings: fc.Arbitrary<GeneratedMarketSettings> = fc.record({
  seed: fc.nat(),
  barMs: fc.constantFrom(10_000, 60_000, 300_000, 3_600_000, 86_400_000),
  quotesPerBar: fc.nat(3),
  newsPerDay: fc.constantFrom(0, 5, 400),
  volatility: fc.constantFrom(0.2, 1, 8),
  newsImpact: fc.constantFrom(0, 1, 8),
  tickers: fc.constantFrom(["KOBT"], ["TDX"], ["AAPL", "CNDR", "TDX", "PYRX"]),
  start: fc.constantFrom("1996-07-03", "2024-03-08", "2025-01-08"),
});

const RANK = ["news.raw", "market.halt", "market.quote", "market.bar"];
const take = (s: GeneratedMarketSettings, batches: number): (readonly InputEvent[])[] => {
  const market = generatedMarket(s);
  return Array.from({ length: batches }, () => market.next());
};
const cents = (usd: number) => Math.abs(usd * 100 - Math.round(usd * 100)) < 1e-6;

it("a generated market never goes back in time, mixes moments, or shows an impossible bar or quote", () => {
  fc.assert(
    fc.property(settings, (s) => {
      let last = 0;
      for (const batch of take(s, 500)) {
        const at = batch[0]?.tSeen as number;
        expect(at).toBeGreaterThan(last);
        last = at;
        const ranks = batch.map((e) => RANK.indexOf(e.type));
        expect(ranks).toEqual([...ranks].sort());
        for (const e of batch) {
          expect(e.tSeen).toBe(at);
          expect(e.tEvent).toBeLessThanOrEqual(at);
          if (e.type === "market.bar") {
            expect(barFault(e)).toBeNull();
            expect([e.open, e.high, e.low, e.close].every(cents)).toBe(true);
          }
          if (e.type === "market.quote") expect(e.bid > 0 && e.ask > e.bid && cents(e.bid) && cents(e.ask)).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it("the same settings make the same market and another seed another one", () => {
  fc.assert(
    fc.property(settings, fc.nat(), (s, other) => {
      fc.pre(other !== s.seed);
      const once = JSON.stringify(take(s, 60));
      expect(JSON.stringify(take(s, 60))).toBe(once);
      expect(JSON.stringify(take({ ...s, seed: other }, 60))).not.toBe(once);
    }),
    { numRuns: 30 },
  );
});
