import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toDecimal } from "../../streams/domain/units.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { acknowledged, type Finished, journalOf, select, tradesOf } from "../support/killing.ts";
import { start, tapedeck } from "../support/tapedeck.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-life-"));
const tape = join(folder, "market.tape");
beforeAll(() =>
  writeGeneratedTape(tape, { seed: 5, tickers: ["AAPL", "MSFT"] as never, newsPerDay: 20, start: "2025-02-03" }, 2_000),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quiet = ["--headless", "--store", "memory", "--json"];
const play = (dataDir: string): readonly string[] => [
  ...["up", "--tape", tape, "--speed", "max", "--until-end", "--data-dir", dataDir],
  ...quiet,
];
/** The generated market without an end. */
const endless = (dataDir: string): readonly string[] => ["up", "--data-dir", dataDir, ...quiet];

const eventually = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
};
const trades = (dataDir: string): boolean => journalOf(dataDir) !== null && acknowledged(dataDir).length > 0;

describe("a running system", () => {
  it("keeps a second one out of its data directory, and stops at Ctrl-C with all sealed and its lock given back", async () => {
    const dataDir = join(folder, "kept");
    const first = start(endless(dataDir));
    await eventually(() => trades(dataDir));
    const second = await tapedeck(endless(dataDir));
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(
      new RegExp(
        `^tapedeck: data directory .*kept is in use by process ${first.child.pid}; stop it, or choose another[^\\n]*\\n$`,
      ),
    );
    first.child.kill("SIGINT");
    const stopped = await first.ended;
    expect({ code: stopped.code, stderr: stopped.stderr }).toEqual({ code: 0, stderr: "" });
    expect(existsSync(join(dataDir, "tapedeck.lock"))).toBe(false);
    const books = JSON.parse(stopped.stdout) as Finished;
    expect(tradesOf(dataDir).fills).toEqual(acknowledged(dataDir));
    expect(tradesOf(dataDir).fills.length).toBe(books.fills);

    const third = start(endless(dataDir));
    await eventually(() => /went on with run/.test(third.stderr()));
    third.child.kill("SIGINT");
    const again = await third.ended;
    expect(again.code).toBe(0);
    expect(again.stderr).toContain(`went on with run ${books.run} after entry ${books.entries}:`);
    expect(tradesOf(dataDir).fills.slice(0, books.fills)).toHaveLength(books.fills);
  });
});

describe("changed settings", () => {
  it("begin a new run that goes on with the account, unless a new one is asked for", async () => {
    const dataDir = join(folder, "changed");
    const books = (ended: Awaited<ReturnType<typeof tapedeck>>): Finished => {
      expect(ended.code, ended.stderr).toBe(0);
      return JSON.parse(ended.stdout) as Finished;
    };
    const first = books(await tapedeck(play(dataDir), { RISK_MAX_POSITION_FRACTION: "0.3" }));
    const ended = await tapedeck(play(dataDir), { RISK_MAX_POSITION_FRACTION: "0.1" });
    const second = books(ended);
    expect(second.run).not.toBe(first.run);
    expect(ended.stderr).toMatch(
      new RegExp(
        `^tapedeck: the settings or the version have changed: a new run goes on with the account of run ${first.run}, ${first.cash} USD and `,
      ),
    );
    const opening = select(join(dataDir, "runs", second.run, "run.tape"), (e) =>
      e.type === "account.opened" ? toDecimal(e.cash) : e.type === "account.adopted" ? e.ticker : null,
    );
    expect(opening[0]).toBe(first.cash);
    expect(opening.length).toBeGreaterThan(1);
    expect(second.imbalance).toBe("0");

    const again = await tapedeck(play(dataDir), { RISK_MAX_POSITION_FRACTION: "0.1" });
    expect(books(again)).toEqual(second);
    expect(again.stderr).toMatch(/^tapedeck: went on with run/);
    expect((await tapedeck(["verify", "--data-dir", dataDir])).code).toBe(0);

    const afresh = await tapedeck([...play(dataDir), "--new-run"], { RISK_MAX_POSITION_FRACTION: "0.3" });
    const { run: _, ...rest } = books(afresh);
    const { run: __, ...same } = first;
    expect(rest).toEqual(same);
    expect(afresh.stderr).toBe("");
  });
});

/** A disk of our own, of 400 kB. Null where none may be mounted. */
const smallDisk = (): string | null => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  return mount("-t", "tmpfs", "-o", "size=400k", "tapedeck", disk) ? disk : null;
};
const mount = (...args: string[]): boolean => spawnSync("mount", args, { stdio: "ignore" }).status === 0;

const disk = smallDisk();
afterAll(() => {
  if (disk !== null) spawnSync("umount", [disk]);
});
describe.skipIf(disk === null)("on a disk that fills up (only where one may be mounted)", () => {
  it("a run stops in one clear line, and goes on to the same end when there is room", async () => {
    const dataDir = join(disk ?? "", "data");
    const undisturbed = tapedeck(play(join(folder, "roomy")));
    const full = await tapedeck(play(dataDir));
    expect({ code: full.code, stdout: full.stdout }).toEqual({ code: 1, stdout: "" });
    expect(full.stderr).toMatch(/^tapedeck: cannot write .*run\.tape: the disk is full; free some space and try again\n$/);
    expect(mount("-o", "remount,size=50m", disk ?? "")).toBe(true);
    const after = await tapedeck(play(dataDir));
    expect(after.code, after.stderr).toBe(0);
    expect(after.stdout).toBe((await undisturbed).stdout);
  });
});
