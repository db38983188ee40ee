import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packEvents } from "../../../../../runtime/adapters/tape/pack.ts";
import { RecentPacks } from "../../../../../runtime/live/wire/recentPacks.ts";
import type { TapeEvent } from "../../../../../streams/domain/event.ts";
import { bar } from "../../../../../streams/domain/market.ts";
import { ms, seq, ticker } from "../../../../../streams/domain/units.ts";

const eventAt = (n: number): TapeEvent => ({ ...bar(ticker("A"), ms(n), ms(n + 1), 1, 2, 1, 2, 1, 1), seq: seq(n) });
const events = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => eventAt(from + i));
/** Packs of these sizes, the first behind `after`. */
const recentOf = (sizes: readonly number[], after: number): RecentPacks => {
  const recent = new RecentPacks();
  let at = after;
  for (const size of sizes) {
    recent.add({ from: at + 1, to: at + size, bytes: packEvents(events(at + 1, at + size)) });
    at += size;
  }
  return recent;
};
const seqs = (found: readonly TapeEvent[] | null) => found?.map((e) => e.seq) ?? null;

describe("the newest entries of a tape", () => {
  it("know nothing before the first", () => expect(new RecentPacks().since(0, 10)).toBeNull());

  it("give what follows any seq, without a gap, from the middle of an entry too", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.nat(50),
        fc.nat(300),
        fc.integer({ min: 1, max: 40 }),
        (sizes, before, ask, enough) => {
          const recent = recentOf(sizes, before);
          const end = before + sizes.reduce((sum, n) => sum + n, 0);
          const found = seqs(recent.since(ask, enough));
          if (ask < before) expect(found).toBeNull();
          else {
            const wanted = Array.from({ length: Math.max(0, end - ask) }, (_, i) => ask + 1 + i);
            expect(found).toEqual(wanted.slice(0, found?.length));
            expect(found?.length).toBeGreaterThanOrEqual(Math.min(enough, wanted.length));
          }
        },
      ),
    );
  });

  it("forget the oldest, and say so", () => {
    const recent = recentOf(
      Array.from({ length: 20_000 }, () => 1),
      0,
    );
    expect(recent.since(100, 10)).toBeNull();
    expect(seqs(recent.since(19_998, 10))).toEqual([19_999, 20_000]);
    expect(recent.since(20_000, 10)).toEqual([]);
  });
});
