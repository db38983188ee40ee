import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { TapeUnreadable, TapeUnwritable, TapeVersion } from "../../runtime/adapters/tape/errors.ts";
import { hashOf, tapeHash } from "../../runtime/adapters/tape/hash.ts";
import { infoOf, tapeInfo } from "../../runtime/adapters/tape/info.ts";
import { memoryTape } from "../../runtime/adapters/tape/memory.ts";
import { drain, openSealed, openTape, readAll } from "../../runtime/adapters/tape/reader.ts";
import { FrameScan } from "../../runtime/adapters/tape/scan.ts";
import { appendTape, createTape, type Disk } from "../../runtime/adapters/tape/writer.ts";
import { exitCodeOf } from "../../runtime/failures.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { newsRaw } from "../../streams/domain/news.ts";
import { ms, seq, ticker } from "../../streams/domain/units.ts";
import { sessionOn } from "../../streams/market/calendar.ts";

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

describe("a tape that cannot be read or written", () => {
  it("is refused by name when it is not there, not a tape, or a folder", () => {
    expect(() => openTape(path)).toThrow(/cannot read .*t\.tape: no such file/);
    writeFileSync(path, "date,open,high,low,close\n");
    expect(() => openTape(path)).toThrow(/is not a tape/);
    expect(() => appendTape(path)).toThrow(/is not a tape/);
    expect(() => openTape(folder)).toThrow(TapeUnreadable);
  });
  it("is refused with both versions when a later build wrote it", () => {
    write([], 1);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(7, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
    writeFileSync(path, bytes);
    expect(() => openTape(path)).toThrow(TapeVersion);
    expect(() => openTape(path)).toThrow(/version 7; this build reads version 1\. Update/);
  });
  it("is bad input to a command, while a full disk is a failed run", () => {
    expect(exitCodeOf(new TapeVersion("old"))).toBe(2);
    expect(exitCodeOf(new TapeUnwritable(path, "ENOSPC", "full"))).toBe(1);
  });
  it("is not made where another is, nor in a folder that is not there", () => {
    write([], 1);
    expect(() => createTape(path, about)).toThrow(/exists already/);
    expect(() => createTape(join(folder, "no", "t.tape"), about)).toThrow(/create the folder first/);
    mkdirSync(join(folder, "dir"), { recursive: true });
    expect(() => createTape(join(folder, "dir"), about)).toThrow(TapeUnwritable);
  });
});

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
