import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { TapeUnreadable, TapeUnwritable, TapeVersion } from "../../../../../runtime/adapters/tape/errors.ts";
import { openTape } from "../../../../../runtime/adapters/tape/reader.ts";
import { appendTape, createTape } from "../../../../../runtime/adapters/tape/writer.ts";
import { exitCodeOf } from "../../../../../runtime/failures.ts";
import type { TapeEvent } from "../../../../../streams/domain/event.ts";

const folder = mkdtempSync(join(tmpdir(), "tape-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "t.tape");
beforeEach(() => rmSync(path, { force: true }));
const about = { kind: "market", source: "unit", run: null } as const;

/** Writes with a commit after every `every` entries. */
const write = (events: readonly TapeEvent[], every: number, to = path): void => {
  const writer = createTape(to, about);
  for (const event of events) {
    writer.append(event);
    if (event.seq % every === 0) writer.commit();
  }
  writer.close();
};

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
