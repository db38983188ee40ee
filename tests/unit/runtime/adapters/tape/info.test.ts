import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tapeInfo } from "../../../../../runtime/adapters/tape/info.ts";
import { createTape } from "../../../../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../../../../streams/domain/event.ts";
import { bar } from "../../../../../streams/domain/market.ts";
import { newsRaw } from "../../../../../streams/domain/news.ts";
import { ms, seq, ticker } from "../../../../../streams/domain/units.ts";
import { sessionOn } from "../../../../../streams/market/calendar.ts";

const folder = mkdtempSync(join(tmpdir(), "tape-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "t.tape");
beforeEach(() => rmSync(path, { force: true }));
const about = { kind: "market", source: "unit", run: null } as const;

const AAPL = ticker("AAPL");
const numbered = (events: readonly TapeEvent[]): readonly TapeEvent[] => events.map((e, i) => ({ ...e, seq: seq(i + 1) }));
const daily = (date: string) => {
  const session = sessionOn(date);
  if (!session) throw new Error(`${date} is no session`);
  return bar(AAPL, session.open, session.close, 10, 12, 9, 11, 1000, 86_400_000);
};
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

describe("tape info", () => {
  it("counts what is on the tape and what is missing from it on the exchange's calendar", () => {
    const open = sessionOn("2020-12-15")?.open as number;
    const next = sessionOn("2020-12-16")?.open as number;
    const bars = [
      minute(open),
      minute(open + 60_000),
      minute(open + 5 * 60_000),
      minute(open + 389 * 60_000),
      minute(next + 60_000),
    ];
    write(numbered([daily("2019-12-23"), daily("2019-12-24"), daily("2019-12-30"), story("a", 1_600_000_000_000), ...bars]), 2);
    const info = tapeInfo(path);
    expect(info.entries).toBe(9);
    expect(info.kinds).toEqual({ "market.bar": 8, "news.raw": 1 });
    expect(info.tickers).toEqual({ AAPL: { "market.bar": 8, "news.raw": 1 } });
    expect(info.series.map(({ barMs, missing }) => [barMs, missing])).toEqual([
      [60_000, 3 + 383 + 1],
      [86_400_000, 2], // 26 and 27 December: Christmas and the weekend are not missing
    ]);
    expect(info.series[1]?.gaps).toEqual([{ from: daily("2019-12-24").tEvent, to: daily("2019-12-30").tEvent, missing: 2 }]);
    expect(info.bytes).toBe(statSync(path).size);
    expect(info.torn).toBeNull();
  });
});
