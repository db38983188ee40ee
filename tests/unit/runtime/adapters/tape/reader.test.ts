import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { drain, openSealed, readAll } from "../../../../../runtime/adapters/tape/reader.ts";
import { createTape } from "../../../../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../../../../streams/domain/event.ts";
import { bar } from "../../../../../streams/domain/market.ts";
import { ms, seq, ticker } from "../../../../../streams/domain/units.ts";

const folder = mkdtempSync(join(tmpdir(), "tape-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "t.tape");
beforeEach(() => rmSync(path, { force: true }));
const about = { kind: "market", source: "unit", run: null } as const;

const AAPL = ticker("AAPL");
const numbered = (events: readonly TapeEvent[]): readonly TapeEvent[] => events.map((e, i) => ({ ...e, seq: seq(i + 1) }));
const minute = (at: number) => bar(AAPL, ms(at), ms(at + 60_000), 10, 12, 9, 11, 1000, 60_000);

describe("a run's tape that is still being written", () => {
  it("is read up to its newest seal, in whole and in half frames, and not beyond", () => {
    const events = numbered(Array.from({ length: 5 }, (_, i) => minute(i * 60_000)));
    const writer = createTape(path, about);
    expect(drain(openSealed(path))).toEqual([]);
    for (const [i, event] of events.entries()) {
      writer.append(event);
      if (i === 2) writer.seal();
    }
    writer.commit();
    expect(drain(openSealed(path))).toEqual(events.slice(0, 3));
    expect(readAll(path)).toEqual(events);
    writer.seal();
    expect(drain(openSealed(path))).toEqual(events);
    writer.close();
  });
});
