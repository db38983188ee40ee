import { filter, map, type Observable, tap } from "rxjs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bookOf } from "../../streams/domain/books.ts";
import type { EventOf } from "../../streams/domain/event.ts";
import { SCALE, ticker } from "../../streams/domain/units.ts";
import { everyBook } from "../../streams/portfolio/ledger.ts";
import { defineStrategy, type Holding, type OrderAction, qty } from "../../streams/strategies/define.ts";
import type { AnyStrategy } from "../../streams/strategies/registry.ts";
import { minutely, type PlayOptions, played, taped } from "../support/playing.ts";

const AAPL = ticker("AAPL");
const bars = minutely(Array.from({ length: 120 }, (_, i) => 100 + 5 * Math.sin(i / 6)));
const play = (strategies: readonly { name: string; params: Record<string, number> }[], known?: PlayOptions["known"]) =>
  played(taped(bars), { config: { strategies }, ...(known ? { known } : {}) });

const FAST = { name: "sma_cross", params: { fast: 2, slow: 5 } };
const SLOW = { name: "sma_cross", params: { fast: 5, slow: 20 } };

describe("a strategy that is listed twice with other parameters", () => {
  it("speaks with two voices, and decides the same in whatever order it is listed", () => {
    const run = play([FAST, SLOW]);
    const targets = run.events.filter((e): e is EventOf<"target.set"> => e.type === "target.set");
    const voices = new Set(targets.flatMap((t) => t.contributions.map((c) => c.strategy)));
    expect(voices.size).toBe(2);
    expect(run.events.filter((e) => e.type === "order.filled").length).toBeGreaterThan(2);
    const other = play([SLOW, FAST]);
    const strengths = (events: typeof run.events) =>
      events.flatMap((e) => (e.type === "target.set" ? [[e.tSeen, e.strength]] : []));
    expect(strengths(other.events)).toEqual(strengths(run.events));
    const spoke = (events: typeof run.events) =>
      events.flatMap((e) => (e.type === "signal.generated" ? [`${e.tSeen} ${e.strategy} ${e.score}`] : [])).sort();
    expect(spoke(other.events)).toEqual(spoke(run.events));
  });

  it("keeps a book for each that has orders, and tells each what it holds itself", () => {
    const told = new Map<number, Holding[]>();
    const buyer = defineStrategy({
      name: "buyer",
      params: z.object({ size: z.int() }),
      orders: ({ bars$, position$ }, { size }): Observable<OrderAction> => {
        const held: Holding[] = [];
        told.set(size, held);
        position$.pipe(tap((h) => held.push(h))).subscribe();
        return bars$.pipe(
          filter((_, i) => i === 0),
          map(() => ({ do: "submit", order: { side: "buy", kind: "market", qty: qty(size * SCALE), reason: "" } })),
        );
      },
    });
    const known = new Map([[buyer.name, buyer as unknown as AnyStrategy]]);
    const run = play(
      [3, 7].map((size) => ({ name: "buyer", params: { size } })),
      known,
    );
    const fills = run.events.filter((e): e is EventOf<"order.filled"> => e.type === "order.filled");
    const books = new Map(fills.map((f) => [bookOf(f.orderId, AAPL), f.qty / SCALE]));
    expect([...books.values()].sort()).toEqual([3, 7]);
    expect(books.size).toBe(2);
    expect([3, 7].map((size) => told.get(size)?.at(-1)?.shares)).toEqual([3 * SCALE, 7 * SCALE]);
    expect(everyBook(run.collector.ledger).map((p) => [p.book, p.shares / SCALE])).toEqual([...books]);
  });
});
