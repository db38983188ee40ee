import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { BadInput } from "../../../runtime/failures.ts";
import { setUp } from "../../../runtime/runSetup.ts";
import { RunConfig } from "../../../streams/domain/run.ts";

const folder = mkdtempSync(join(tmpdir(), "tapedeck-setup-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file below the test's folder; the path to it. */
const file = (name: string, code: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
  return path;
};
const own = (name: string, more = "", speaks = "signals: () => NEVER"): string =>
  `import { NEVER } from "rxjs"; import { defineStrategy } from "tapedeck/strategy"; import { z } from "zod"; ${more}
   export default defineStrategy({ name: "${name}", params: z.object({ k: z.number().default(1) }), ${speaks} });`;

type Listed = NonNullable<z.input<typeof RunConfig>["strategies"]>;
const set = (...strategies: Listed) => setUp(RunConfig.parse({ strategies }));
const hash = async (path: string): Promise<string> => (await set({ name: path })).configHash;

describe("the set-up of a run", () => {
  it("runs a strategy twice with other parameters, each under its own id", async () => {
    const { config, listed, strategies } = await set(
      { name: "sma_cross", params: { fast: 5 } },
      { name: "momentum" },
      { name: "sma_cross", params: { fast: 7 }, weight: 2 },
    );
    expect(strategies.map((s) => [s.name, s.weight])).toEqual([
      [expect.stringMatching(/^sma_cross~\w{8}$/), 1],
      ["momentum", 1],
      [expect.stringMatching(/^sma_cross~\w{8}$/), 2],
    ]);
    expect(listed.map((s) => s.name)).toEqual(strategies.map((s) => s.name));
    expect(config.strategies.map((s) => s.name)).toEqual(["sma_cross", "momentum", "sma_cross"]);
  });

  it("reads itself back from the config that it keeps", async () => {
    const path = file("kept.ts", own("kept"));
    const first = await set({ name: path, params: { k: 2 } }, { name: path });
    const again = await setUp(RunConfig.parse(JSON.parse(JSON.stringify(RunConfig.encode(first.config)))));
    expect(again.strategies.map((s) => s.name)).toEqual(first.strategies.map((s) => s.name));
    expect(again.configHash).toBe(first.configHash);
    expect(new Set(again.strategies.map((s) => s.name)).size).toBe(2);
  });

  it.each([
    ["the same strategy with the same parameters", [{ name: "sma_cross" }, { name: "sma_cross", params: {} }]],
    ["also when a default is written out", [{ name: "sma_cross" }, { name: "sma_cross", params: { fast: 20 } }]],
  ] as [string, Listed][])("refuses %s", async (_what, strategies) => {
    const refused = expect(set(...strategies)).rejects;
    await refused.toThrow(BadInput);
    await refused.toThrow(/strategy sma_cross is listed twice with the same parameters/);
  });

  it("refuses two files of one name, unless they are the same code", async () => {
    const path = file("one/same.ts", own("same"));
    expect((await set({ name: path }, { name: file("two/same.ts", own("same")), params: { k: 3 } })).strategies).toHaveLength(2);
    await expect(set({ name: path }, { name: file("three/same.ts", own("same", "export const x = 1;")) })).rejects.toThrow(
      /three\/same\.ts is named same, as another strategy is/,
    );
  });

  it("refuses strategies with orders whose books would have one name", async () => {
    const orders = (name: string): string => file(`${name}.ts`, own(name, "", "orders: () => NEVER"));
    // Found by trying: the short names of these are the same.
    const [a, b] = ["my_own_strategy_number_6808", "my_own_strategy_number_30142"];
    await expect(set({ name: orders(a) }, { name: orders(b) })).rejects.toThrow(
      new RegExp(`strategies ${a} and ${b} would share the book`),
    );
  });
});

describe("the hash of a strategy's code", () => {
  const K = 'import { K } from "./lib/k.ts"; export const used = K;';

  it("is over the files that it imports too", async () => {
    const path = file("deep/s.ts", own("deep", K));
    file("deep/lib/k.ts", "export const K = 1;");
    const before = await hash(path);
    file("deep/lib/k.ts", "export const K = -0.9;");
    expect(await hash(path)).not.toBe(before);
  });

  it("is the same wherever the files lie, and whatever they are called", async () => {
    const common = 'import c from "./c.cjs"; export const C = c.C;';
    const hashes: string[] = [];
    for (const at of ["here", "far/away/from/here"]) {
      file(`${at}/lib/k.ts`, "// a note of where this is\nexport const K = 1;");
      file(`${at}/c.cjs`, "module.exports = { C: 2 };");
      hashes.push(await hash(file(`${at}/${at.length}.ts`, own("placed", K + common))));
    }
    expect(hashes[1]).toBe(hashes[0]);
  });

  it("is not over comments, but over the names of functions, which code can ask for", async () => {
    const plain = await hash(file("a.ts", own("a", "export const f = () => 1;")));
    expect(await hash(file("a.ts", own("a", "/* one */ export const f = () => 1; // two")))).toBe(plain);
    const named = await hash(file("a.ts", own("a", "const f = () => 1; export const n = f.name;")));
    expect(await hash(file("a.ts", own("a", "const g = () => 1; export const n = g.name;")))).not.toBe(named);
  });

  it("is not over what Tapedeck brings", async () => {
    const path = file("copy/s.ts", own("copy"));
    const before = await hash(path);
    file("copy/node_modules/rxjs/package.json", '{ "name": "rxjs", "main": "i.js" }');
    file("copy/node_modules/rxjs/i.js", "exports.NEVER = 1;");
    expect(await hash(path)).toBe(before);
  });
});
