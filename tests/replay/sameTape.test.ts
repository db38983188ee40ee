import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { tapeOf } from "../../runtime/adapters/tape/memory.ts";
import { openTape } from "../../runtime/adapters/tape/reader.ts";
import { createTape } from "../../runtime/adapters/tape/writer.ts";
import { Divergence, Rehearsal } from "../../runtime/replay/rehearsal.ts";
import type { InputEvent, TapeEvent } from "../../streams/domain/event.ts";
import { ms, seq, ticker } from "../../streams/domain/units.ts";
import { market, type PlayOptions, played, taped } from "../support/playing.ts";

const settings = { seed: 11, tickers: ["AAPL", "MSFT", "NVDA"].map(ticker), barMs: 900_000, volatility: 3, newsPerDay: 60 };
const events: readonly InputEvent[] = market(settings, 4);
const config: NonNullable<PlayOptions["config"]> = {
  ensemble: { threshold: 0.05, hysteresis: 0.05 },
  costs: { commission: 0.0005, slippage: 0 },
};
const numbered = (list: readonly InputEvent[]): TapeEvent[] => list.map((e, i) => ({ ...e, seq: seq(i + 1) }));
const play = (options: PlayOptions = {}) => played(taped(events), { config, ...options });
const plain = play();
/** A run stamps what it plays. */
const copies = (list: readonly TapeEvent[]): TapeEvent[] => list.map((e) => ({ ...e }));
const hash = plain.hash.hex();
const folder = mkdtempSync(join(tmpdir(), "tapedeck-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the same tape", () => {
  it("gives the decisions that were looked at and found right", async () => {
    expect(plain.decisions.length).toBeGreaterThan(50);
    const { ledger } = plain.collector;
    const lines = [
      ...plain.decisions,
      `cash ${ledger.cash}`,
      `realised ${ledger.realised}`,
      `trades ${plain.collector.trades.length}`,
    ];
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/generated.txt");
  });

  it("gives the same decisions again", () => {
    expect(play().hash.hex()).toBe(hash);
    expect(play().decisions).toEqual(plain.decisions);
  });

  it.each([1, 2, 7, 50])("gives them however it is sliced: %i moments at a time", (slice) => {
    expect(play({ slice }).hash.hex()).toBe(hash);
  });

  it("gives them from a file", () => {
    const path = join(folder, "market.tape");
    const writer = createTape(path, { kind: "market", source: "test", run: null });
    for (const e of numbered([...events].sort((a, b) => a.tSeen - b.tSeen))) writer.append(e);
    writer.close();
    expect(played(openTape(path), { config }).hash.hex()).toBe(hash);
  });

  it("gives them from the tape of the run that played it", () => {
    const run = tapeOf(copies(plain.events), { kind: "run", source: "test", run: "t" });
    const again = played(run, { config });
    expect(again.hash.hex()).toBe(hash);
    expect(again.events).toEqual(plain.events);
  });

  it("keeps headlines that came scored from outside, when the run's tape is played", () => {
    const scored = plain.events.flatMap((e): InputEvent[] =>
      e.type === "news.scored" ? [{ ...e, cause: seq(0), seq: seq(0) }] : e.type === "market.bar" ? [{ ...e, seq: seq(0) }] : [],
    );
    const first = played(taped(scored), { config });
    expect(first.events.some((e) => e.type === "signal.generated" && e.strategy === "newsDriven")).toBe(true);
    const again = played(tapeOf(copies(first.events), { kind: "run", source: "test", run: "t" }), { config });
    expect(again.hash.hex()).toBe(first.hash.hex());
  });

  it("has bars of one moment decided in the order of the tape, whatever the order they were read in batches", () => {
    const moments = new Map<number, number>();
    for (const e of events) if (e.type === "market.bar") moments.set(e.tSeen, (moments.get(e.tSeen) ?? 0) + 1);
    expect(Math.max(...moments.values())).toBe(3);
    for (const batch of [1, 2, 3, 5, 1000]) {
      const all = numbered([...events].sort((a, b) => a.tSeen - b.tSeen));
      let at = 0;
      const reader = {
        header: { version: 1, kind: "market" as const, source: "", run: null },
        next: () => {
          if (at >= all.length) return null;
          const part = all.slice(at, at + batch);
          at += batch;
          return part;
        },
        close: () => undefined,
      };
      expect(played(reader, { config }).hash.hex()).toBe(hash);
    }
  });
});

describe("the future", () => {
  const sorted = [...events].sort((a, b) => a.tSeen - b.tSeen);
  const times = [...new Set(sorted.map((e) => e.tSeen))];

  /** What was decided up to a moment. Fills are not decisions: what a bar did to an order is known as the bar is. */
  const decidedBy = (p: ReturnType<typeof played>, at: number): string[] =>
    p.decisions.filter((line) => !line.startsWith("F") && Number(line.split("\t")[1]) <= at);

  it("changes nothing that was decided before it was seen", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: times.length - 2 }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.boolean(),
        (i, by, cut) => {
          const at = times[i] as number;
          const other = sorted
            .filter((e) => !cut || e.tSeen <= at)
            .map((e): InputEvent => {
              if (e.tSeen <= at) return e;
              if (e.type === "market.bar")
                return { ...e, open: e.open * by, high: e.high * by, low: e.low * by, close: e.close * by };
              return e.type === "news.raw" ? { ...e, headline: "AAPL MSFT NVDA plunge on fraud probe and bankruptcy" } : e;
            });
          expect(decidedBy(played(taped(other), { config }), at)).toEqual(decidedBy(plain, at));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  it("of a headline begins when it was seen, not when it was written", () => {
    const base = sorted.filter((e) => e.type === "market.bar");
    const mid = base[Math.floor(base.length / 2)] as (typeof base)[number];
    const raw = sorted.find((e) => e.type === "news.raw");
    if (!mid || raw?.type !== "news.raw") throw new Error("no headline");
    const seenAt = mid.tSeen + 60_000;
    const late = {
      ...raw,
      id: "late",
      tickers: [ticker("AAPL")],
      headline: "AAPL shares soar after record profit beats every estimate",
      tEvent: ms(seenAt - 3 * 3_600_000),
      tSeen: ms(seenAt),
    };
    const p = played(taped([...base, late]), { config: { ...config, strategies: [{ name: "newsDriven" }] } });
    const of = (type: string) => p.events.filter((e) => e.type === type);
    expect(of("news.scored")).toHaveLength(1);
    expect(of("signal.generated")[0]?.tSeen).toBe(seenAt);
    const [order] = of("order.submitted");
    const [fill] = of("order.filled");
    expect(order?.tSeen).toBe(seenAt);
    // the bar under way had begun before: its open was gone
    const next = base.find((b) => b.type === "market.bar" && b.ticker === "AAPL" && b.tEvent >= seenAt);
    expect(fill?.tEvent).toBe(next?.tEvent);
  });
});

describe("a rehearsal", () => {
  const recorded = () => new Rehearsal(tapeOf(copies(plain.events), { kind: "run", source: "test", run: "t" }));

  it("meets every entry of its own tape and then knows that what follows is new", () => {
    const r = recorded();
    expect(plain.events.every((e) => r.meets(e))).toBe(true);
    r.finish();
    expect(r.meets(plain.events[0] as TapeEvent)).toBe(false);
  });

  it("names the first entry that came out otherwise", () => {
    const at = plain.events.findIndex((e) => e.type === "order.submitted");
    const r = recorded();
    for (const e of plain.events.slice(0, at)) r.meets(e);
    const other = { ...(plain.events[at] as TapeEvent), tSeen: ms(1) } as TapeEvent;
    expect(() => r.meets(other)).toThrow(Divergence);
    expect(() => r.meets(other)).toThrow(`entry ${at + 1}`);
    expect(() => r.finish()).toThrow(`entry ${at + 1}`);
  });
});
