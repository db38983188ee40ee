import { describe, expect, it } from "vitest";
import type { Trade } from "../../../../streams/domain/portfolio.ts";
import { money, SCALE, seq, shares } from "../../../../streams/domain/units.ts";
import { credits } from "../../../../streams/learning/credit.ts";

describe("credit for a trade", () => {
  const voice = (strategy: string, score: number) => ({ strategy, signal: seq(1), weight: 1, score, confidence: 1 });
  const trade = (size: number, pnl: number) => ({ shares: shares(size), pnl: money(pnl * SCALE) }) as Trade;
  it("is split by how loud who spoke, and turned for who spoke against", () => {
    const by = [voice("a", 0.6), voice("b", -0.2), voice("c", 0)];
    expect(credits(trade(10, -100), by).map((c) => [c.strategy, Math.round(c.credit)])).toEqual([
      ["a", -75],
      ["b", 25],
    ]);
    expect(credits(trade(-10, 40), [voice("a", -1)]).map((c) => c.credit)).toEqual([40]);
    expect(credits(trade(10, 40), [])).toEqual([]);
    expect(credits(trade(10, 0), [voice("a", -1)]).map((c) => c.credit)).toEqual([0]); // not the negative zero
  });
});
