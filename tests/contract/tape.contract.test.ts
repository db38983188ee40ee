import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { TapeReader, TapeWriter } from "../../actors/ports/tape.ts";
import { TapeOrder } from "../../runtime/adapters/tape/errors.ts";
import { hashOf } from "../../runtime/adapters/tape/hash.ts";
import { memoryTape, tapeOf } from "../../runtime/adapters/tape/memory.ts";
import { drain, openTape } from "../../runtime/adapters/tape/reader.ts";
import { appendTape, createTape } from "../../runtime/adapters/tape/writer.ts";
import { clockMark } from "../../streams/domain/control.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar, quote } from "../../streams/domain/market.ts";
import { ms, seq, ticker } from "../../streams/domain/units.ts";
import { anyTape } from "../support/arbitraryEvents.ts";

interface Deck {
  readonly writer: TapeWriter;
  readonly read: () => TapeReader;
  /** A writer that goes on after the first was killed. */
  readonly reopen: () => TapeWriter;
}
const about = { kind: "run", source: "contract", run: "r1" } as const;
const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const barAt = (at: number, n: number, symbol = AAPL): TapeEvent => ({
  ...bar(symbol, ms(at), ms(at + 60_000), 1, 2, 0.5, 1.5, 10, 60_000),
  seq: seq(n),
});

const clockAt = (at: number, n: number): TapeEvent => ({ ...clockMark(ms(at)), seq: seq(n) });

/** seqs of the entries at which the tape says that a moment begins. */
const beginnings = (reader: TapeReader): number[] => {
  const found: number[] = [];
  for (let batch = reader.next(); batch !== null; batch = reader.next())
    for (const i of reader.bounds ?? []) found.push(batch[i]?.seq ?? -1);
  reader.close();
  return found;
};

const tapeContract = (adapter: string, open: () => Deck) =>
  describe(`tape contract: ${adapter}`, () => {
    it("gives back any events exactly and in order", () => {
      fc.assert(
        fc.property(anyTape(), fc.nat(5), (events, every) => {
          const { writer, read } = open();
          for (const event of events) {
            writer.append(event);
            if (every > 0 && event.seq % every === 0) writer.commit();
          }
          writer.close();
          expect(drain(read())).toEqual(events);
        }),
        { numRuns: 60 },
      );
    });
    it("gives back more entries than a batch holds", () => {
      const { writer, read } = open();
      const events = Array.from({ length: 5000 }, (_, i) =>
        i % 700 === 699
          ? { ...quote(AAPL, { tEvent: ms(i), tSeen: ms(i + 60_000) }, 1, 2, 3, 4), seq: seq(i + 1), cause: seq(i) }
          : barAt(i, i + 1, i % 3 === 0 ? MSFT : AAPL),
      );
      for (const event of events) writer.append(event);
      writer.close();
      expect(drain(read())).toEqual(events);
    });
    it("shows what is committed and nothing that is only appended", () => {
      const { writer, read } = open();
      writer.append(barAt(0, 1));
      writer.commit();
      writer.append(barAt(60_000, 2));
      expect(drain(read()).map((e) => e.seq)).toEqual([1]);
      writer.sync();
      expect(drain(read()).map((e) => e.seq)).toEqual([1, 2]);
      writer.close();
    });
    it("refuses an entry that skips, repeats or has no place, and keeps the rest", () => {
      const { writer, read } = open();
      writer.append(barAt(0, 1));
      expect(() => writer.append(barAt(0, 3))).toThrow(TapeOrder);
      expect(() => writer.append(barAt(0, 1))).toThrow(TapeOrder);
      expect(() => writer.append(barAt(0, 0))).toThrow(TapeOrder);
      writer.append(barAt(0, 2));
      writer.close();
      expect(drain(read()).map((e) => e.seq)).toEqual([1, 2]);
    });
    it("says where a moment begins though the entry before was seen at the same time, also after a seal, and in no other place", () => {
      const { writer, read } = open();
      writer.append(barAt(0, 1));
      writer.append(barAt(0, 2, MSFT));
      writer.bound();
      writer.append(barAt(0, 3));
      writer.seal();
      writer.bound();
      writer.seal();
      writer.append(clockAt(60_000, 4));
      writer.append(clockAt(60_000, 5));
      writer.close();
      expect(beginnings(read())).toEqual([3, 4]);
      expect(drain(read()).map((e) => e.seq)).toEqual([1, 2, 3, 4, 5]);
    });
    it("keeps where moments begin through batches of any size", () => {
      fc.assert(
        fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 3_000 }), (begins) => {
          const { writer, read } = open();
          begins.forEach((begin, i) => {
            if (begin) writer.bound();
            writer.append(i % 7 === 0 ? clockAt(60_000, i + 1) : barAt(0, i + 1));
            if (i % 100 === 99) writer.seal();
          });
          writer.close();
          expect(beginnings(read())).toEqual(begins.flatMap((begin, i) => (begin ? [i + 1] : [])));
        }),
        { numRuns: 20 },
      );
    });
    it("has on the disk what was committed when a flush is done", async () => {
      const { writer, read } = open();
      writer.append(barAt(0, 1));
      const flushed = writer.flush();
      writer.append(barAt(0, 2));
      await flushed;
      expect(drain(read()).map((e) => e.seq)).toEqual([1]);
      writer.close();
      await writer.flush();
    });
    it("refuses an entry seen before the last one", () => {
      const { writer } = open();
      writer.append(barAt(60_000, 1));
      expect(() => writer.append(barAt(59_999, 2))).toThrow(TapeOrder);
      writer.append(barAt(60_000, 2));
      writer.close();
    });
    it("goes on after a kill from its last seal, whatever was committed since", () => {
      const { writer, read, reopen } = open();
      writer.append(barAt(0, 1));
      writer.append(barAt(60_000, 2));
      writer.seal();
      writer.append(barAt(120_000, 3));
      writer.commit();
      writer.append(barAt(180_000, 4));
      const next = reopen();
      expect(next.tail).toBe(2);
      next.append(barAt(90_000, 3, MSFT));
      next.seal();
      expect(drain(read())).toEqual([barAt(0, 1), barAt(60_000, 2), barAt(90_000, 3, MSFT)]);
      next.close();
    });
    it("keeps what a seal covers though it was committed before", () => {
      const { writer, read, reopen } = open();
      const events = [barAt(0, 1), barAt(60_000, 2)];
      for (const event of events) {
        writer.append(event);
        writer.commit();
      }
      writer.seal();
      const next = reopen();
      expect(next.tail).toBe(2);
      next.close();
      expect(drain(read())).toEqual(events);
    });
    it("is empty after a kill before its first seal", () => {
      const { writer, read, reopen } = open();
      writer.append(barAt(0, 1));
      writer.commit();
      const next = reopen();
      expect(next.tail).toBe(0);
      expect(drain(read())).toEqual([]);
      next.close();
    });
    it("gives the same entries and hash wherever its seals and commits fall", () => {
      fc.assert(
        fc.property(
          anyTape(),
          fc.array(fc.constantFrom("seal", "commit", "both", "neither"), { maxLength: 40 }),
          (events, acts) => {
            const { writer, read } = open();
            events.forEach((event, i) => {
              writer.append(event);
              const act = acts[i] ?? "neither";
              if (act === "commit" || act === "both") writer.commit();
              if (act === "seal" || act === "both") writer.seal();
            });
            writer.close();
            expect(drain(read())).toEqual(events);
            expect(hashOf(read())).toBe(hashOf(tapeOf(events)));
          },
        ),
        { numRuns: 60 },
      );
    });
    it("knows its tail and its header", () => {
      const { writer, read } = open();
      expect(writer.tail).toBe(0);
      writer.append(barAt(0, 1));
      expect(writer.tail).toBe(1);
      writer.close();
      const reader = read();
      expect(reader.header).toEqual({ version: 1, ...about });
      reader.close();
    });
    it("is empty before anything is committed", () => {
      const { writer, read } = open();
      expect(drain(read())).toEqual([]);
      writer.close();
    });
  });

const folder = mkdtempSync(join(tmpdir(), "tape-contract-"));
let files = 0;
afterEach(() => {
  for (; files > 0; files--) rmSync(join(folder, `${files}.tape`), { force: true });
});

tapeContract("memory", () => {
  const tape = memoryTape(about);
  return { writer: tape.writer, read: tape.reader, reopen: tape.reopen };
});
tapeContract("file", () => {
  const path = join(folder, `${++files}.tape`);
  return { writer: createTape(path, about), read: () => openTape(path), reopen: () => appendTape(path, { toSeal: true }).writer };
});
