import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunConfig } from "../../streams/domain/run.ts";
import { DEFAULT_STRATEGIES } from "../../streams/strategies/registry.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { tapedeck } from "../support/tapedeck.ts";

// What the documents say is so: every path, command, flag, setting and example in them.

const readme = readFileSync("README.md", "utf8");
const architecture = readFileSync("ARCHITECTURE.md", "utf8");
/** Every folder of this kind says in ten lines what lives in it. */
const FOLDERS =
  "streams streams/strategies actors gateway runtime runtime/live runtime/live/wire runtime/backtests runtime/telemetry runtime/replay runtime/core runtime/mechanisms runtime/adapters runtime/kernel ui tests sql".split(
    " ",
  );
const documents = new Map([
  ["README.md", readme],
  ["ARCHITECTURE.md", architecture],
  ...FOLDERS.map((folder) => [`${folder}/README.md`, readFileSync(`${folder}/README.md`, "utf8")] as const),
]);

const fences = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code ?? "");
const inlineCode = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? "");

const OURS = /^(streams|actors|gateway|runtime|ui|sql|tests|docs|\.ci)\/[\w./*-]*(?::[\w,]+)?$/;
/** `[file or folder, names it defines]` of every path in a text. */
const pathsIn = (text: string): [string, string[]][] =>
  inlineCode(text)
    .filter((code) => OURS.test(code) && !code.includes("*"))
    .map((code) => {
      const [path = "", names] = code.split(":");
      return [path, names?.split(",") ?? []];
    });
const defines = (path: string, name: string): boolean =>
  new RegExp(
    `\\b(const|function|class|interface|type) ${name}\\b|^\\s+(private |async |static |get )*#?${name}(\\(|: |<| = )|^type [^\\n]*\\b${name}\\b`,
    "m",
  ).test(readFileSync(path, "utf8"));

describe("paths in the documents", () => {
  it.each([...documents.keys()])("%s names files that are there, and names that they define", (document) => {
    const paths = pathsIn(documents.get(document) ?? "");
    const folder = document.replace(/\/?[^/]*$/, "");
    const resolved = paths.map(
      ([path, names]) => [existsSync(path) || folder === "" ? path : `${folder}/${path}`, names] as const,
    );
    expect(resolved.filter(([path]) => !existsSync(path))).toEqual([]);
    const missing = resolved.flatMap(([path, names]) => names.filter((n) => !defines(path, n)).map((n) => `${path}:${n}`));
    expect(missing).toEqual([]);
  });

  it("finds paths at all", () => {
    expect(pathsIn(architecture).length).toBeGreaterThan(30);
    expect(pathsIn(readme).length).toBeGreaterThan(5);
    expect(defines("runtime/kernel/door.ts", "takeReplies")).toBe(true);
    expect(defines("runtime/kernel/door.ts", "nothingOfTheKind")).toBe(false);
  });

  it("README.md links to files that are there", () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
    expect(links).toContain("docs/screenshot.png");
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(FOLDERS)("%s/README.md has ten lines at most", (folder) => {
    expect((documents.get(`${folder}/README.md`) ?? "").trimEnd().split("\n").length).toBeLessThanOrEqual(10);
  });
});

describe("commands in README.md", () => {
  const said = [...fences(readme, "sh").join("\n").split("\n"), ...inlineCode(readme)];
  const GROUPS = ["import", "tape", "jobs", "streams"];
  const commands = new Map<string, Set<string>>();
  for (const line of said)
    for (const [, call = ""] of line.matchAll(/npx tapedeck ([^#|&>]*)/g)) {
      const words = call.trim().split(/\s+/);
      if (words[0] === "COMMAND") continue;
      const command = words.slice(0, GROUPS.includes(words[0] ?? "") ? 2 : 1).join(" ");
      const flags = commands.get(command) ?? new Set();
      for (const word of words) if (word.startsWith("--")) flags.add(word);
      commands.set(command, flags);
    }

  it("names the main ones", () => {
    expect([...commands.keys()]).toEqual(
      expect.arrayContaining(["up", "import bars", "import news", "tape cat", "backtest", "verify"]),
    );
  });

  it.each([...commands])("tapedeck %s has the flags it is shown with, and an example", async (command, flags) => {
    const help = await tapedeck([...command.split(" "), "--help"]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain(`Usage: tapedeck ${command}`);
    expect(help.stdout).toContain("Example:");
    expect([...flags].filter((flag) => !help.stdout.includes(`${flag} `))).toEqual([]);
  });

  it("names scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? "");
    expect(named).toContain("bench");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("names settings that .env.example has", () => {
    const example = parseEnv(readFileSync(".env.example", "utf8").replace(/^# ([A-Z_]+=)/gm, "$1"));
    const named = inlineCode(readme).flatMap((code) => /^([A-Z]+_[A-Z_]+)(=.*)?$|^([A-Z]+)=.*$/.exec(code) ?? []);
    const names = named.filter((name) => /^[A-Z_]+$/.test(name ?? ""));
    expect(names).toContain("DATABASE_URL");
    expect(names.filter((name) => !(name in example))).toEqual([]);
  });
});

describe("examples in README.md", () => {
  let folder = "";
  let tape = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tapedeck-docs-"));
    tape = join(folder, "my.tape");
    writeGeneratedTape(tape, { seed: 3, start: "2026-01-05", tickers: ["AAA", "BBB"], quotesPerBar: 1, newsPerDay: 20 }, 2_500);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const backtest = async (...flags: string[]) => {
    const { code, stdout, stderr } = await tapedeck(["backtest", tape, "--json", ...flags]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as { decisions_hash: string; trades: unknown[]; run: { config_hash: string } };
  };

  it("has the whole run configuration, with its defaults", async () => {
    const [config = ""] = fences(readme, "json");
    const given = JSON.parse(config) as unknown;
    expect(RunConfig.encode(RunConfig.parse(given))).toEqual(given);
    expect(RunConfig.parse(given)).toEqual({ ...RunConfig.parse({}), strategies: DEFAULT_STRATEGIES });
    const file = join(folder, "run.json");
    writeFileSync(file, config);
    expect((await backtest("--config", file)).run.config_hash).toBe((await backtest()).run.config_hash);
  });

  it("says of every part of a result what it is", async () => {
    const table = /\| key \| is \|\n(.*?)\n\n/s.exec(readme)?.[1] ?? "";
    const keys = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
    expect(keys).toEqual(Object.keys(await backtest()));
  });

  it.each(fences(readme, "ts").map((code) => [/name: "(\w+)"/.exec(code)?.[1] ?? "", code]))(
    "has a strategy %s that runs as it stands, and trades",
    async (name, code) => {
      const file = join(folder, `${name}.ts`);
      writeFileSync(file, code);
      const { trades } = await backtest("--strategy", file, ...(name === "dipBracket" ? ["--params", '{"dip":0.001}'] : []));
      expect(trades.length).toBeGreaterThan(0);
    },
  );
});
