import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DataDirUnusable, holderOf, lockDataDir } from "../../../../../runtime/adapters/system/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-lock-"));
let dir = "";
let rounds = 0;
beforeEach(() => {
  dir = join(folder, `data-${rounds++}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that takes the lock and then does `body`. */
const program = (name: string, body: string) =>
  buildSync({
    stdin: {
      contents: `import { lockDataDir } from "./runtime/adapters/system/lock.ts";\n${body}`,
      resolveDir: ".",
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: join(folder, `${name}.mjs`),
    logLevel: "error",
  });
beforeAll(() => {
  program("hold", `lockDataDir(process.argv[2]!); console.log("held"); setInterval(() => {}, 1000);`);
  // Takes the lock over and over; inside, no other may be. Then it gives the lock back, or leaves it as a killed process would.
  program(
    "contend",
    `import { renameSync, rmSync, writeFileSync } from "node:fs";
    const dir = process.argv[2]!;
    let taken = 0;
    for (let i = 0; taken < 100; i++) {
      let lock;
      try { lock = lockDataDir(dir); } catch (error) { if (String(error).includes("is in use")) continue; throw error; }
      taken++;
      writeFileSync(dir + "/inside", "", { flag: "wx" });
      rmSync(dir + "/inside");
      if (taken % 3 === 0) { lock.release(); continue; }
      const left = dir + "/left-" + process.pid;
      writeFileSync(left, JSON.stringify({ pid: process.pid, born: "another life", id: process.pid + "-" + i }));
      renameSync(left, dir + "/tapedeck.lock");
    }`,
  );
});

const run = (name: string) => spawn(process.execPath, [join(folder, `${name}.mjs`), dir], { stdio: ["ignore", "pipe", "pipe"] });
const firstLine = (child: ChildProcess) =>
  new Promise<string>((done) => child.stdout?.once("data", (bytes) => done(String(bytes).trim())));
const ending = (child: ChildProcess) =>
  new Promise<{ code: number | null; errors: string }>((done) => {
    let errors = "";
    child.stderr?.on("data", (bytes) => {
      errors += bytes;
    });
    child.once("close", (code) => done({ code, errors }));
  });

describe("the lock of the data directory", () => {
  it("makes the folder, and lets one in at a time", () => {
    const lock = lockDataDir(join(dir, "deep"));
    expect(() => lockDataDir(join(dir, "deep"))).toThrow(`is in use by process ${process.pid}`);
    expect(holderOf(join(dir, "deep"))).toBe(process.pid);
    lock.release();
    expect(holderOf(join(dir, "deep"))).toBeNull();
    lockDataDir(join(dir, "deep")).release();
    expect(readdirSync(join(dir, "deep"))).toEqual([]);
  });

  it("refuses while another process holds it, and is free once that one is killed", async () => {
    const child = run("hold");
    const ended = ending(child);
    expect(await firstLine(child)).toBe("held");
    expect(() => lockDataDir(dir)).toThrow(
      new DataDirUnusable(
        `data directory ${dir} is in use by process ${child.pid}; stop it, or choose another with --data-dir or TAPEDECK_DATA_DIR`,
      ),
    );
    child.kill("SIGKILL");
    await ended;
    lockDataDir(dir).release();
  });

  it.skipIf(process.platform !== "linux")("knows a process from an earlier one of the same number", () => {
    const lock = lockDataDir(dir);
    const mine = JSON.parse(readFileSync(join(dir, "tapedeck.lock"), "utf8")) as object;
    lock.release();
    writeFileSync(join(dir, "tapedeck.lock"), JSON.stringify({ ...mine, born: "an-earlier-boot/1" }));
    expect(holderOf(dir)).toBeNull();
    lockDataDir(dir).release();
  });

  it("takes over what a power cut left", () => {
    lockDataDir(dir).release();
    writeFileSync(join(dir, "tapedeck.lock"), "");
    writeFileSync(join(dir, "tapedeck.lock.unreadable-0"), "{");
    const lock = lockDataDir(dir);
    expect(holderOf(dir)).toBe(process.pid);
    expect(readdirSync(dir)).toEqual(["tapedeck.lock"]);
    lock.release();
  });

  it("does not release what another has taken since", () => {
    const first = lockDataDir(dir);
    first.release();
    const second = lockDataDir(dir);
    first.release();
    expect(holderOf(dir)).toBe(process.pid);
    second.release();
  });

  it("says why a folder cannot be used", () => {
    writeFileSync(join(folder, "a-file"), "");
    expect(() => lockDataDir(join(folder, "a-file", "data"))).toThrow(/a-file\/data is not a folder; choose another/);
  });

  it("never lets two in, however many find the lock of a dead process at once", { timeout: 60_000 }, async () => {
    lockDataDir(dir).release();
    const endings = await Promise.all([1, 2, 3].map(() => ending(run("contend"))));
    expect(endings).toEqual([1, 2, 3].map(() => ({ code: 0, errors: "" })));
  });
});
