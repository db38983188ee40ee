import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTape } from "../../../../runtime/adapters/tape/writer.ts";
import { carriedAccount } from "../../../../runtime/live/carryOver.ts";
import { openRunFolder } from "../../../../runtime/live/runFolder.ts";
import { clockMark } from "../../../../streams/domain/control.ts";
import { accountOpened } from "../../../../streams/domain/portfolio.ts";
import { RunConfig } from "../../../../streams/domain/run.ts";
import { ms, seq, usd } from "../../../../streams/domain/units.ts";

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

describe("a start that failed before anything was on its tape", () => {
  /** A run with something on its tape. */
  const begun = (more: Parameters<typeof open>[0] = {}): string => {
    const { journal, run } = open(more);
    const tape = createTape(journal, { kind: "run", source: "t", run: run.id });
    tape.append({ ...accountOpened(usd(1_000), ms(1)), seq: seq(1) });
    tape.seal();
    tape.close();
    return run.id;
  };
  /** A run of which only the header came to be. */
  const headerOnly = (more: Parameters<typeof open>[0]): void => {
    const { journal, run } = open(more);
    createTape(journal, { kind: "run", source: "t", run: run.id }).close();
  };

  it("is passed over: the next run goes on from the one before it", () => {
    const first = begun();
    open({ configHash: "other" });
    headerOnly({ configHash: "third" });
    expect(open({ configHash: "fourth" }).run.from).toBe(first);
  });

  it("is passed over: the old settings go on with their own run", () => {
    const first = begun();
    open({ configHash: "other" });
    expect(open()).toMatchObject({ run: { id: first }, resumed: true });
    expect(open()).toMatchObject({ run: { id: first }, resumed: true });
  });

  it("does not bring back the account of before where a person began anew", () => {
    begun();
    const anew = open({ anew: true }).run;
    expect(open().run).toMatchObject({ id: anew.id, from: null });
  });

  it("never hides a tape that cannot be read: that one is what is gone on with, and refused", () => {
    const first = begun();
    writeFileSync(join(dataDir, "runs", first, "run.tape"), "TAPEDECK and nothing else");
    open({ configHash: "other" });
    expect(open({ configHash: "third" }).run.from).toBe(first);
  });
});

describe("the account of a new run", () => {
  it("is that of the nearest run before it that has one", () => {
    const first = open();
    const tape = createTape(first.journal, { kind: "run", source: "t", run: first.run.id });
    tape.append({ ...accountOpened(usd(1_234), ms(1)), seq: seq(1) });
    tape.seal();
    tape.close();
    const second = open({ configHash: "two" });
    const mark = createTape(second.journal, { kind: "run", source: "t", run: second.run.id });
    mark.append({ ...clockMark(ms(2)), seq: seq(1) }); // it began, and never opened an account
    mark.seal();
    mark.close();
    const third = open({ configHash: "three" });
    expect(third.run.from).toBe(second.run.id);
    const tapeOf = (id: string): string => join(dataDir, "runs", id, "run.tape");
    const { cash, costs } = RunConfig.parse({});
    expect(carriedAccount(dataDir, third.run, tapeOf, { cash, costs })).toMatchObject({ from: first.run.id, cash: usd(1_234) });
  });
});
