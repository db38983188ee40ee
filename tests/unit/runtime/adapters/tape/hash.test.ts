import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { hashOf, tapeHash } from "../../../../../runtime/adapters/tape/hash.ts";
import { infoOf, tapeInfo } from "../../../../../runtime/adapters/tape/info.ts";
import { memoryTape } from "../../../../../runtime/adapters/tape/memory.ts";
import { createTape } from "../../../../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../../../../streams/domain/event.ts";
import { bar } from "../../../../../streams/domain/market.ts";
import { newsRaw } from "../../../../../streams/domain/news.ts";
import { ms, seq, ticker } from "../../../../../streams/domain/units.ts";

const folder = mkdtempSync(join(tmpdir(), "tape-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "t.tape");
beforeEach(() => rmSync(path, { force: true }));
const about = { kind: "market", source: "unit", run: null } as const;

const AAPL = ticker("AAPL");
const numbered = (events: readonly TapeEvent[]): readonly TapeEvent[] => events.map((e, i) => ({ ...e, seq: seq(i + 1) }));
const minute = (at: number) => bar(AAPL, ms(at), ms(at + 60_000), 10, 12, 9, 11, 1000, 60_000);
const story = (id: string, at: number) =>
  newsRaw({ tEvent: ms(at), tSeen: ms(at) }, { id, source: "s", tickers: [AAPL], headline: `é "${id}" \u{1F4C8}`, url: null });

/** Writes with a commit after every `every` entries. */
const write = (events: readonly TapeEvent[], every: number, to = path): void => {
  const writer = createTape(to, about);
  for (const event of events) {
    writer.append(event);
    if (event.seq % every === 0) writer.commit();
  }
  writer.close();
};

describe("a tape's content hash", () => {
  const start = 1_600_000_000_000;
  const events = numbered(
    Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? story(`n${i}`, start + i * 1000) : minute(start + i * 1000 - 60_000))),
  );

  it("does not depend on commits, framing or header", () => {
    write(events, 1);
    const alone = tapeHash(path);
    rmSync(path);
    write(events, 10_000);
    expect(tapeHash(path)).toBe(alone);
    const twin = memoryTape({ kind: "run", source: "other", run: "r" });
    for (const event of events) twin.writer.append(event);
    twin.writer.close();
    expect(hashOf(twin.reader())).toBe(alone);
    expect(infoOf(twin.reader()).hash).toBe(alone);
    expect(tapeInfo(path).hash).toBe(alone);
  });
  it("changes with any entry", () => {
    const hashes = new Set<string>();
    const variants = [
      events,
      events.slice(0, -1),
      events.map((e, i) => (i === 1 && e.type === "market.bar" ? { ...e, volume: 1001 } : e)),
      events.map((e, i) => (i === 1 && e.type === "market.bar" ? { ...e, ticker: ticker("AAPM") } : e)),
      events.map((e, i) => (i === 0 && e.type === "news.raw" ? { ...e, headline: "x" } : e)),
    ];
    for (const variant of variants) {
      const twin = memoryTape();
      for (const event of variant) twin.writer.append(event);
      twin.writer.close();
      hashes.add(hashOf(twin.reader()));
    }
    expect(hashes.size).toBe(variants.length);
  });
});
