import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openTape } from "../../runtime/adapters/tape/reader.ts";
import { appendTape, createTape } from "../../runtime/adapters/tape/writer.ts";
import type { TapeEvent } from "../../streams/domain/event.ts";
import { anyTape } from "../support/arbitraryEvents.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-upto-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "run.tape");

const all = (): TapeEvent[] => {
  const reader = openTape(path);
  const out: TapeEvent[] = [];
  for (let batch = reader.next(); batch !== null; batch = reader.next()) out.push(...batch);
  reader.close();
  return out;
};
/** A tape whose entries were sealed after each of `seals`, and committed without a seal at the end. */
const write = (events: readonly TapeEvent[], seals: ReadonlySet<number>): void => {
  rmSync(path, { force: true });
  const writer = createTape(path, { kind: "run", source: "s", run: "r" });
  for (const event of events) {
    writer.append(event);
    if (seals.has(event.seq)) writer.seal();
  }
  writer.close();
};

describe("a tape that is cut to what was published", () => {
  it("keeps everything up to the last seal at or before that entry, and goes on from there", () =>
    fc.assert(
      fc.property(
        anyTape(),
        fc.uniqueArray(fc.integer({ min: 1, max: 40 })),
        fc.nat(45),
        fc.nat(30),
        (events, at, upTo, torn) => {
          const seals = at.filter((s) => s <= events.length);
          write(events, new Set(seals));
          const kept = Math.max(0, ...seals.filter((s) => s <= upTo));
          if (kept < events.length) truncateSync(path, Math.max(statSync(path).size - torn, sizeAt(events, seals, kept)));
          const { writer, cut } = appendTape(path, { upTo });
          expect(writer.tail).toBe(kept);
          expect(cut?.atSeq ?? kept).toBe(kept);
          for (const event of events.slice(kept)) writer.append(event);
          writer.close();
          expect(all()).toEqual(events);
        },
      ),
      { numRuns: 150 },
    ));

  it("says nothing was cut when it ends there", () => {
    const events = fc.sample(anyTape(), { numRuns: 30, seed: 1 }).find((e) => e.length > 3) ?? [];
    write(events, new Set([events.length]));
    const before = statSync(path).size;
    const { writer, cut } = appendTape(path, { upTo: events.length });
    writer.close();
    expect([cut, statSync(path).size, events.length > 3]).toEqual([null, before, true]);
  });
});

/** Bytes of the tape up to the seal after `kept`: what may be torn lies behind. */
const sizeAt = (events: readonly TapeEvent[], seals: readonly number[], kept: number): number => {
  const whole = join(folder, "whole.tape");
  copyFileSync(path, whole);
  write(events.slice(0, kept), new Set(seals));
  const size = statSync(path).size;
  copyFileSync(whole, path);
  return size;
};
