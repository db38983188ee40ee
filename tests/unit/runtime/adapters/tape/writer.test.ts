import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openTape, readAll } from "../../../../../runtime/adapters/tape/reader.ts";
import { FrameScan } from "../../../../../runtime/adapters/tape/scan.ts";
import { appendTape, createTape, type Disk } from "../../../../../runtime/adapters/tape/writer.ts";
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

describe("a full disk", () => {
  /** Room for so many bytes, then ENOSPC after a short write, as a real disk does. */
  const small = (room: { bytes: number }): Disk => ({
    write(fd, bytes, from, length, position) {
      if (room.bytes === 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      const some = Math.min(length, room.bytes);
      room.bytes -= some;
      return writeSync(fd, bytes, from, some, position);
    },
    flush() {},
  });
  it("fails the commit in one clear line, damages nothing, and the next commit writes what waited", () => {
    const room = { bytes: 400 };
    const writer = createTape(path, about, small(room));
    const [one, two, three] = numbered([minute(0), minute(60_000), minute(120_000)]) as [TapeEvent, TapeEvent, TapeEvent];
    writer.append(one);
    writer.commit();
    room.bytes = 50;
    writer.append(two);
    expect(() => writer.commit()).toThrow(/cannot write .*t\.tape: the disk is full; free some space/);
    expect(readAll(path)).toEqual([one]);
    expect(openTape(path).torn).toBeNull();
    room.bytes = 10_000;
    writer.append(three);
    writer.commit();
    expect(readAll(path)).toEqual([one, two, three]);
    writer.close();
  });
  it("leaves no half-made tape behind", () => {
    expect(() => createTape(path, about, small({ bytes: 10 }))).toThrow(/disk is full/);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});

describe("a tape that is gone on with", () => {
  it("numbers on from its last entry, and knows when that was seen", () => {
    const events = numbered([minute(0), story("a", 60_000), minute(60_000), minute(120_000)]);
    write(events.slice(0, 2), 1);
    const { writer, header, cut } = appendTape(path);
    expect({ cut, tail: writer.tail, header }).toEqual({ cut: null, tail: 2, header: { version: 1, ...about } });
    expect(() => writer.append({ ...minute(-1), seq: seq(3) })).toThrow(/seen at 59999, before the last one at 60000/);
    for (const event of events.slice(2)) writer.append(event);
    writer.close();
    expect(readAll(path)).toEqual(events);
  });
  it("is cut at its torn end and says how much", () => {
    const events = numbered([minute(0), minute(60_000)]);
    write(events, 1);
    writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(100, 7)]));
    const reader = openTape(path);
    while (reader.next());
    expect(reader.torn).toEqual({ cutBytes: 100, atSeq: 2 });
    reader.close();
    const { writer, cut } = appendTape(path);
    expect(cut).toEqual({ cutBytes: 100, atSeq: 2 });
    writer.close();
    expect(readAll(path)).toEqual(events);
  });
  it("is corrupt when an entry is missing in the middle, though every frame is whole", () => {
    const events = numbered([minute(0), minute(60_000), minute(120_000)]);
    write(events, 1);
    const bytes = readFileSync(path);
    const scan = new FrameScan(path);
    const ends = events.map(() => scan.step() && scan.end) as [number, number, number];
    scan.close();
    writeFileSync(path, Buffer.concat([bytes.subarray(0, ends[0]), bytes.subarray(ends[1])]));
    expect(() => readAll(path)).toThrow(/after entry 1: entry 2 is missing, 3 follows/);
  });
});
