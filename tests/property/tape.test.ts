import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { TapeUnreadable } from "../../runtime/adapters/tape/errors.ts";
import { openTape, readAll } from "../../runtime/adapters/tape/reader.ts";
import { FrameScan } from "../../runtime/adapters/tape/scan.ts";
import { fromWire, wireText } from "../../runtime/adapters/tape/wire.ts";
import { appendTape, createTape } from "../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { encodeEvent, parseEvent } from "../../streams/domain/upcast.ts";
import { anyEvent, anyTape } from "../support/arbitraryEvents.ts";

const folder = mkdtempSync(join(tmpdir(), "tape-property-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "t.tape");

/** Writes a tape with a commit after every `every` entries; returns where each frame ends and its last seq. */
const write = (events: readonly TapeEvent[], every: number): readonly { readonly end: number; readonly seq: number }[] => {
  rmSync(path, { force: true });
  const writer = createTape(path, { kind: "run", source: "property", run: "r" });
  for (const event of events) {
    writer.append(event);
    if (event.seq % every === 0) writer.commit();
  }
  writer.close();
  const scan = new FrameScan(path);
  const frames = [{ end: scan.end, seq: 0 }];
  while (scan.step()) frames.push({ end: scan.end, seq: scan.lastSeq });
  scan.close();
  return frames;
};

/** What a reader makes of the file: the entries it gave, and whether it saw that something is wrong. */
const look = (): { readonly seen: readonly TapeEvent[]; readonly noticed: boolean } => {
  const seen: TapeEvent[] = [];
  try {
    const reader = openTape(path);
    try {
      for (let batch = reader.next(); batch; batch = reader.next()) seen.push(...batch);
      return { seen, noticed: reader.torn !== null };
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof TapeUnreadable) return { seen, noticed: true };
    throw error;
  }
};

const tapes = anyTape(25).filter((events) => events.length > 0);
const commits = fc.integer({ min: 1, max: 7 });

describe("a tape file", () => {
  it("cut at any byte keeps every entry of the whole frames before it, and goes on from there", () => {
    fc.assert(
      fc.property(tapes, commits, fc.double({ min: 0, max: 1, noNaN: true }), (events, every, where) => {
        const frames = write(events, every);
        const first = frames[0]?.end as number;
        const size = frames.at(-1)?.end as number;
        const cutAt = first + Math.floor(where * (size - first));
        truncateSync(path, cutAt);
        const whole = frames.filter((f) => f.end <= cutAt).at(-1) as { end: number; seq: number };
        expect(readAll(path)).toEqual(events.slice(0, whole.seq));
        const { writer, cut } = appendTape(path);
        expect(cut).toEqual(cutAt === whole.end ? null : { cutBytes: cutAt - whole.end, atSeq: whole.seq });
        for (const event of events.slice(whole.seq)) writer.append(event);
        writer.close();
        expect(readAll(path)).toEqual(events);
      }),
      { numRuns: 80 },
    );
  });
  it("cut inside its header is refused", () => {
    const [{ end } = { end: 0 }] = write([], 1);
    const bytes = readFileSync(path);
    for (let size = 0; size < end; size++) {
      writeFileSync(path, bytes.subarray(0, size));
      expect(() => openTape(path)).toThrow(TapeUnreadable);
    }
  });
  it("with any byte changed is noticed, and gives only entries that are as they were", () => {
    fc.assert(
      fc.property(tapes, commits, fc.nat(), fc.integer({ min: 1, max: 255 }), (events, every, where, mask) => {
        write(events, every);
        const bytes = readFileSync(path);
        const at = where % bytes.length;
        bytes[at] = (bytes[at] as number) ^ mask;
        writeFileSync(path, bytes);
        const { seen, noticed } = look();
        expect(noticed).toBe(true);
        expect(seen).toEqual(events.slice(0, seen.length));
      }),
      { numRuns: 150 },
    );
  });
  it("changed before its last frame is left as it is by a writer, which says where", () => {
    fc.assert(
      fc.property(tapes, fc.nat(), (events, where) => {
        const frames = write(events, 1);
        fc.pre(frames.length > 2);
        const from = frames[0]?.end as number;
        const to = frames.at(-2)?.end as number;
        const bytes = readFileSync(path);
        const at = from + (where % (to - from));
        bytes[at] = (bytes[at] as number) ^ 0x55;
        writeFileSync(path, bytes);
        expect(() => appendTape(path)).toThrow(/corrupt at byte \d+, after entry \d+/);
        expect(readFileSync(path).equals(bytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the wire form of a tape", () => {
  it("says the same as the schemas, for every kind of event", () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const text = wireText(event);
        expect(text).toBe(JSON.stringify(encodeEvent(event)));
        expect(fromWire(JSON.parse(text))).toEqual(event);
        expect(fromWire(JSON.parse(text))).toEqual(parseEvent(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });
});
