import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { type Ended, tapedeck } from "../support/tapedeck.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-input-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]): string => join(folder, ...names);
const tape = at("good.tape");
const up = (dataDir: string, ...more: string[]): readonly string[] =>
  [
    "up",
    "--tape",
    tape,
    "--speed",
    "max",
    "--headless",
    "--store",
    "memory",
    "--until-end",
    "--json",
    "--data-dir",
    dataDir,
  ].concat(more);

/** Bytes of the good tape with a change, in a file of its own. */
const altered = (name: string, change: (bytes: Buffer) => Buffer): string => {
  writeFileSync(at(name), change(Buffer.from(readFileSync(tape))));
  return at(name);
};

let taken: Server;
let takenPort = 0;
/** A data directory in which the tape was played to its end. */
const played = at("played");
beforeAll(async () => {
  writeGeneratedTape(tape, { seed: 5, tickers: ["AAPL", "MSFT"] as never, newsPerDay: 20, start: "2025-02-03" }, 1_500);
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  takenPort = (taken.address() as { port: number }).port;
  const { code, stderr } = await tapedeck(up(played));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
afterAll(() => void taken.close());

interface Refusal {
  readonly what: string;
  readonly args: () => readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  readonly code: 1 | 2;
  readonly says: RegExp;
}

const backtest = (...args: string[]) => ["backtest", ...args];
const STRATEGY = ["--strategy", "momentum", "--params"];

const refusals: readonly Refusal[] = [
  {
    what: "wrong settings, by every name and no value",
    args: () => up(at("x")),
    settings: { SEED: "tops3cret", TAPEDECK_PORT: "99999", RISK_MAX_GROS_EXPOSURE: "1", DATABASE_URL: "tops3cret" },
    code: 2,
    says: /DATABASE_URL: .*RISK_MAX_GROS_EXPOSURE: .*did you mean RISK_MAX_GROSS_EXPOSURE.*SEED: .*TAPEDECK_PORT: /,
  },
  {
    what: "a flag's value by the same rule as the setting's",
    args: () => up(at("x"), "--port", "many"),
    code: 2,
    says: /TAPEDECK_PORT: expected a whole number/,
  },
  {
    what: "a speed that is none",
    args: () => ["up", "--speed", "fast"],
    code: 2,
    says: /--speed .*'fast' is invalid.*a number above zero, or max/,
  },
  {
    what: "a model of fills that is none",
    args: () => ["backtest", tape, "--fill", "best"],
    code: 2,
    says: /bad run configuration: fill: .*path.*backtesting\.py/,
  },
  {
    what: "a share of the volume above all of it",
    args: () => ["backtest", tape, "--volume-share", "1.5"],
    code: 2,
    says: /bad run configuration: volumeShare: /,
  },
  {
    what: "a job without the servers it goes over",
    args: () => ["jobs", "submit", tape],
    code: 2,
    says: /NATS_URL: jobs wait there, it is needed; REDIS_URL: results are kept there, it is needed/,
  },
  {
    what: "a job for a server that is not there",
    args: () => ["jobs", "list"],
    settings: { NATS_URL: "nats://127.0.0.1:1", REDIS_URL: "redis://127.0.0.1:1", TAPEDECK_SERVER_WAIT: "0" },
    code: 1,
    says: /^tapedeck: REDIS_URL: Redis does not answer/,
  },
  {
    what: "a port that is taken",
    args: () => ["up", "--tape", tape, "--store", "memory", "--data-dir", at("port"), "--port", String(takenPort)],
    code: 1,
    says: /port \d+ on 127\.0\.0\.1 is taken.*--port/,
  },
  {
    what: "a data directory that is a file",
    args: () => {
      writeFileSync(at("file"), "");
      return up(at("file"));
    },
    code: 1,
    says: /data directory .*file is not a folder; choose another with TAPEDECK_DATA_DIR/,
  },
  {
    what: "no ticker of UNIVERSE on the tape, naming those that are",
    args: () => up(at("universe")),
    settings: { UNIVERSE: "ZZZZ" },
    code: 2,
    says: /UNIVERSE: ZZZZ is not on .*good\.tape, which has AAPL, MSFT/,
  },
  {
    what: "a tape that is not there",
    args: () => backtest(at("no.tape")),
    code: 2,
    says: /cannot read .*no\.tape: no such file/,
  },
  {
    what: "a tape for `up` that is not there",
    args: () => ["up", "--tape", at("no.tape"), "--data-dir", at("absent")],
    code: 2,
    says: /cannot read .*no\.tape: no such file/,
  },
  {
    what: "a file that is not a tape",
    args: () => {
      writeFileSync(at("bars.csv"), "date,open,high,low,close\n2024-01-02,1,1,1,1\n");
      return backtest(at("bars.csv"));
    },
    code: 2,
    says: /bars\.csv is not a tape; make one with: tapedeck import/,
  },
  ...[0, 9].map(
    (version): Refusal => ({
      what: `a tape of version ${version}`,
      args: () =>
        backtest(
          altered(`v${version}.tape`, (bytes) => {
            bytes.writeUInt32LE(version, 8);
            bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
            return bytes;
          }),
        ),
      code: 2,
      says: new RegExp(`version ${version}; this build reads version 1`),
    }),
  ),
  {
    what: "a tape with a changed byte in the middle, saying where",
    args: () =>
      backtest(
        altered("corrupt.tape", (bytes) => {
          bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] as number) ^ 0x40;
          return bytes;
        }),
      ),
    code: 2,
    says: /corrupt\.tape is corrupt at byte \d+, after entry \d+: .*Restore a copy/,
  },
  {
    what: "a tape cut inside its header",
    args: () => backtest(altered("header.tape", (bytes) => bytes.subarray(0, 20))),
    code: 2,
    says: /header\.tape is corrupt at byte 0/,
  },
  {
    what: "an unknown strategy, saying which was meant",
    args: () => backtest(tape, "--strategy", "momentom"),
    code: 2,
    says: /unknown strategy "momentom", did you mean momentum\? There are: momentum, .*sma_cross/,
  },
  { what: "parameters that are not JSON", args: () => backtest(tape, ...STRATEGY, "{x"), code: 2, says: /--params is not JSON/ },
  {
    what: "a parameter out of range, by name",
    args: () => backtest(tape, ...STRATEGY, '{"lookback":-3}'),
    code: 2,
    says: /strategy momentum: lookback: /,
  },
  {
    what: "a parameter that does not exist, by name",
    args: () => backtest(tape, ...STRATEGY, '{"lokback":3}'),
    code: 2,
    says: /strategy momentum: unknown key "lokback", did you mean lookback\?/,
  },
  { what: "money to begin with below zero", args: () => backtest(tape, "--cash=-100"), code: 2, says: /cash: .*above zero/ },
  {
    what: "keys of a config file that do not exist, with those that were meant",
    args: () => {
      const wrong = {
        costs: { comission: 1 },
        sizing: { by: "weight", maxweight: 1 },
        strategies: [{ name: "momentum", param: {} }],
      };
      writeFileSync(at("run.json"), JSON.stringify(wrong));
      return backtest(tape, "--config", at("run.json"));
    },
    code: 2,
    says: /"param", did you mean params\?.*"maxweight", did you mean maxWeight\?.*"comission", did you mean commission\?/,
  },
  {
    what: "the same strategy with the same parameters twice, naming it",
    args: () => backtest(tape, "--strategy", "sma_cross", "--strategy", "sma_cross", "--params", '{"sma_cross":{"fast":5}}'),
    code: 2,
    says: /strategy sma_cross is listed twice with the same parameters, \{"fast":5,/,
  },
  {
    what: "sets of parameters that are not as many as the strategy is given",
    args: () => backtest(tape, "--strategy", "sma_cross", "--params", '{"sma_cross":[{"fast":5},{"fast":7}]}'),
    code: 2,
    says: /--params has 2 sets for sma_cross, which is given with --strategy 1 times/,
  },
  { what: "an unknown flag", args: () => backtest(tape, "--fast"), code: 2, says: /unknown option '--fast'/ },
  { what: "an unknown command", args: () => ["replay"], code: 2, says: /unknown command 'replay'/ },
  {
    what: "bars of which none can be used",
    args: () => {
      writeFileSync(at("BAD.csv"), "date,open,high,low,close,volume\n2024-01-02,a,b,c,d,e\n");
      return ["import", "bars", at("BAD.csv"), "--out", at("bad.tape")];
    },
    code: 2,
    says: /nothing usable in .*BAD\.csv/,
  },
  {
    what: "a damaged file of the run",
    args: () => {
      cpSync(played, at("damaged"), { recursive: true });
      const { id } = JSON.parse(readFileSync(at("damaged", "current.json"), "utf8")) as { id: string };
      truncateSync(at("damaged", "runs", id, "run.json"), 40);
      return up(at("damaged"));
    },
    code: 2,
    says: /run file .*run\.json cannot be read .*move its folder away/,
  },
  {
    what: "a run's tape that is damaged in the middle",
    args: () => {
      cpSync(played, at("hurt"), { recursive: true });
      const { id } = JSON.parse(readFileSync(at("hurt", "current.json"), "utf8")) as { id: string };
      const path = at("hurt", "runs", id, "run.tape");
      const bytes = readFileSync(path);
      bytes.fill(0, 5_000, 5_010);
      writeFileSync(path, bytes);
      return up(at("hurt"));
    },
    code: 2,
    says: /run\.tape is corrupt at byte \d+, after entry \d+/,
  },
];

const oneLine = (e: Ended): string => {
  const lines = e.stderr.split("\n").filter((line) => line.startsWith("tapedeck: "));
  expect(e.stderr).not.toMatch(/^\s+at |node:internal/m);
  expect(lines.length, e.stderr).toBe(1);
  return lines[0] ?? "";
};

describe.concurrent("a command refuses in one clear line", () => {
  for (const { what, args, settings, code, says } of refusals)
    it(what, async ({ expect: check }) => {
      const ended = await tapedeck(args(), settings);
      check({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
      check(oneLine(ended)).toMatch(says);
      check(ended.stderr).not.toContain("tops3cret");
    });
});

describe("a command goes on", () => {
  const goesOn = async (args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> => {
    const ended = await tapedeck(args, settings);
    expect(ended.code, ended.stderr).toBe(0);
    return ended;
  };

  it("after a tape's torn end, saying what is left out", async () => {
    const torn = altered("torn.tape", (bytes) => bytes.subarray(0, bytes.length - 100));
    expect((await goesOn(backtest(torn, "--json"))).stderr).toMatch(/torn\.tape ends in \d+ bytes that are no whole entry/);
  });
  it("without a ticker that the tape has not, naming it", async () => {
    const { stderr } = await goesOn(up(at("some")), { UNIVERSE: "AAPL,ZZZZ" });
    expect(stderr).toMatch(/UNIVERSE: ZZZZ is not on/);
  });
  it("with the rows of a file that can be used, counting the others by file, line and reason", async () => {
    writeFileSync(at("GOOD.csv"), "date,open,high,low,close,volume\n2024-01-02,1,2,0.5,1,10\n2024-01-03,1,0.5,2,1,10\nrubbish\n");
    const { stdout, stderr } = await goesOn(["import", "bars", at("GOOD.csv"), "--out", at("some.tape"), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ imported: 1, rejected: { count: 2 } });
    expect(stderr).toMatch(/GOOD\.csv:3: .+\n.*GOOD\.csv:4: .+/);
  });
  it("with a strategy that is given twice with other parameters, as two", async () => {
    const twice = (...fast: number[]) =>
      backtest(
        tape,
        "--strategy",
        "sma_cross",
        "--strategy",
        "sma_cross",
        "--params",
        JSON.stringify({ sma_cross: fast.map((n) => ({ fast: n, slow: 9 })) }),
      );
    expect((await goesOn(twice(3, 5))).stdout).toMatch(
      /sma_cross~\w{8} \{"fast":3,"slow":9\}, sma_cross~\w{8} \{"fast":5,"slow":9\}/,
    );
    const { trades } = JSON.parse((await goesOn([...twice(3, 5), "--json"])).stdout) as { trades: unknown[] };
    expect(trades.length).toBeGreaterThan(0);
  });
  it("with verifying a run whose settings have keys of another version, naming them", async () => {
    cpSync(played, at("older"), { recursive: true });
    const { id } = JSON.parse(readFileSync(at("older", "current.json"), "utf8")) as { id: string };
    const file = at("older", "runs", id, "run.json");
    const run = JSON.parse(readFileSync(file, "utf8")) as { config: { costs: object } };
    Object.assign(run.config.costs, { tax: 1 });
    writeFileSync(file, JSON.stringify(run));
    const { stdout, stderr } = await goesOn(["verify", "--data-dir", at("older")]);
    expect(stdout).toMatch(/all \d+ entries came out the same/);
    expect(stderr).toMatch(/has settings that this version does not know, left out here: costs\.tax/);
  });
  it("with the newest run when the file that names it is damaged", async () => {
    cpSync(played, at("unnamed"), { recursive: true });
    writeFileSync(at("unnamed", "current.json"), "{");
    const before = await goesOn(up(played));
    const after = await goesOn(up(at("unnamed")));
    expect(after.stdout).toBe(before.stdout);
    expect(after.stderr).toMatch(/current\.json does not name a run that is here; the newest is s\w+/);
    expect((await goesOn(up(at("unnamed")))).stderr).not.toMatch(/current\.json/);
  });
  it("in a directory where a start was refused before", async () => {
    mkdirSync(at("again"));
    expect((await tapedeck(up(at("again")), { UNIVERSE: "ZZZZ" })).code).toBe(2);
    expect((await goesOn(up(at("again")))).stdout).toBe((await goesOn(up(played))).stdout);
  });
});
