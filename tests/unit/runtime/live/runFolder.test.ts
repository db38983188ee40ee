import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRunFolder } from "../../../../runtime/live/runFolder.ts";

let dataDir: string;
let said: string[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "tapedeck-runs-"));
  said = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const wanted = (configHash = "c") => ({
  configHash,
  config: {},
  seed: 1,
  source: { kind: "tape" as const, name: "t", hash: "h" },
  version: "1",
});
const idOf = (number: number) => `s${number}`;
const open = (more: { configHash?: string; anew?: boolean; underWay?: { id: string; number: number } } = {}) =>
  openRunFolder(dataDir, wanted(more.configHash), idOf, {
    say: (line) => said.push(line),
    anew: more.anew ?? false,
    ...(more.underWay ? { underWay: more.underWay } : {}),
  });
const write = (tape: string): void => writeFileSync(tape, "");

describe("the folder of a run that another node has under way", () => {
  it("is begun under its name where the run was never seen", () => {
    const { run, journal, resumed } = open({ underWay: { id: "s7", number: 7 } });
    expect([run.id, run.number, run.from, resumed]).toEqual(["s7", 7, null, false]);
    expect(journal).toBe(join(dataDir, "runs", "s7", "run.tape"));
  });

  it("is gone on with where it is known, with its tape", () => {
    const first = open({ underWay: { id: "s7", number: 7 } });
    write(first.journal);
    open({ configHash: "other" });
    const again = open({ underWay: { id: "s7", number: 7 } });
    expect(again).toEqual({ ...first, resumed: true });
  });

  it("is the one that is on from then, also without the other node", () => {
    write(open().journal);
    const taken = open({ underWay: { id: "s7", number: 7 } });
    expect(taken.run.from).toBe("s1");
    expect(open().run).toEqual(taken.run);
    expect(open({ anew: true }).run).toMatchObject({ id: "s8", number: 8, from: null });
    expect(said).toEqual([]);
  });

  it("wins over a run of its own with the same settings", () => {
    write(open().journal);
    expect(open({ underWay: { id: "s2", number: 2 } }).run.id).toBe("s2");
  });

  it("goes on with a tape of its name that lies there without a run file", () => {
    mkdirSync(join(dataDir, "runs", "s7"), { recursive: true });
    write(join(dataDir, "runs", "s7", "run.tape"));
    expect(open({ underWay: { id: "s7", number: 7 } }).resumed).toBe(true);
  });
});
