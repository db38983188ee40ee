import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const cruiser = resolve("node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
const config = resolve(".dependency-cruiser.cjs");
const ruleNames = (createRequire(import.meta.url)(config) as { forbidden: { name: string }[] }).forbidden.map(
  (rule) => rule.name,
);

const imports = (...from: string[]) => from.map((path, i) => `import * as a${i} from "${path}";\nexport { a${i} };\n`).join("");
/** A small tree of the same layout. What is in `wrong` breaks the rule beside it; what is in `right` breaks none. */
const wrong: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ["streams/market/a.ts", "node:fs", "streams-are-pure"],
  ["streams/market/b.ts", "ws", "streams-are-pure"],
  ["streams/market/c.ts", "../../actors/ok.ts", "streams-are-pure"],
  ["streams/domain/a.ts", "rxjs", "domain-is-the-bottom"],
  ["streams/domain/b.ts", "../ok.ts", "domain-is-the-bottom"],
  ["actors/a.ts", "../gateway/ok.ts", "actors-are-pure"],
  ["actors/b.ts", "node:crypto", "actors-are-pure"],
  ["actors/ports/a.ts", "../../streams/ok.ts", "ports-speak-the-domain"],
  ["gateway/contract/a.ts", "../../actors/ok.ts", "contract-is-the-wire"],
  ["gateway/routes/a.ts", "node:http", "gateway-is-below-runtime"],
  ["gateway/routes/b.ts", "../server/ok.ts", "gateway-knows-no-socket"],
  ["gateway/server/a.ts", "../../runtime/ok.ts", "gateway-edge-is-below-runtime"],
  ["runtime/kernel/a.ts", "../../actors/ok.ts", "kernel-knows-no-actor"],
  ["runtime/kernel/b.ts", "node:timers", "kernel-knows-no-actor"],
  ["runtime/core/a.ts", "node:fs", "core-does-no-io"],
  ["runtime/core/b.ts", "../replay/ok.ts", "core-does-no-io"],
  ["runtime/replay/a.ts", "node:fs", "replay-does-no-io"],
  ["runtime/replay/b.ts", "../adapters/tape/ok.ts", "replay-does-no-io"],
  ["runtime/bridge.ts", "./kernel/ok.ts", "bridge-knows-only-ports"],
  ["runtime/adapters/redis/a.ts", "../tape/ok.ts", "adapters-are-leaves"],
  ["runtime/adapters/redis/b.ts", "../../ok.ts", "adapters-are-leaves"],
  ["runtime/adapters/redis/c.ts", "../../../actors/ok.ts", "adapters-are-leaves"],
  ["runtime/mechanisms/a.ts", "node:timers", "mechanisms-know-no-vendor"],
  ["runtime/mechanisms/b.ts", "../adapters/tape/ok.ts", "mechanisms-know-no-vendor"],
  ["runtime/live/a.ts", "../cli/ok.ts", "commands-are-the-top"],
  ["runtime/e.ts", "./cli/ok.ts", "commands-are-the-top"],
  ["runtime/live/b.ts", "../main.ts", "live-and-backtests-are-below-main"],
  ["runtime/backtests/a.ts", "../main.ts", "live-and-backtests-are-below-main"],
  ["runtime/backtests/b.ts", "../live/ok.ts", "backtests-and-telemetry-know-no-live-run"],
  ["runtime/telemetry/a.ts", "../live/ok.ts", "backtests-and-telemetry-know-no-live-run"],
  ["ui/a.tsx", "../streams/ok.ts", "ui-sees-only-the-wire"],
  ["ui/b.tsx", "node:fs", "ui-runs-in-a-browser"],
  ["actors/c.ts", "../runtime/ok.ts", "runtime-is-the-top"],
  ["streams/d.ts", "../tests/ok.ts", "runtime-is-the-top"],
  ["runtime/a.ts", "../tests/ok.ts", "runtime-imports-no-tests"],
  ["runtime/round.ts", "./trip.ts", "no-cycles"],
  ["runtime/b.ts", "./nowhere.ts", "all-there"],
  ["runtime/c.ts", "undeclared", "declared"],
  ["runtime/d.ts", "only-dev", "no-development-package-at-run-time"],
];
const right: Readonly<Record<string, string>> = {
  "streams/ok.ts": imports("rxjs", "zod", "./domain/ok.ts"),
  "streams/domain/ok.ts": imports("zod"),
  "actors/ok.ts": imports("rxjs", "../streams/ok.ts", "./ports/ok.ts"),
  "actors/actor.ts": imports("rxjs", "../streams/domain/ok.ts"),
  "actors/ports/ok.ts": imports("../../streams/domain/ok.ts"),
  "gateway/contract/ok.ts": imports("zod", "../../streams/domain/ok.ts"),
  "gateway/ok.ts": imports("../actors/ok.ts", "./contract/ok.ts", "./server/port.ts"),
  "gateway/server/port.ts": imports("../contract/ok.ts"),
  "gateway/server/ok.ts": imports("node:http", "ws", "../ok.ts"),
  "runtime/kernel/ok.ts": imports("../../actors/actor.ts", "../../actors/ports/ok.ts", "rxjs"),
  "runtime/core/ok.ts": imports("../kernel/ok.ts", "../../actors/ok.ts"),
  "runtime/replay/ok.ts": imports("../core/ok.ts", "../kernel/ok.ts", "../../actors/ok.ts"),
  "runtime/mechanisms/ok.ts": imports("../../actors/ports/ok.ts", "../../streams/domain/ok.ts"),
  "runtime/adapters/tape/ok.ts": imports(
    "node:fs",
    "../../mechanisms/ok.ts",
    "../../../actors/ports/ok.ts",
    "../../../streams/ok.ts",
  ),
  "runtime/ok.ts": imports("./replay/ok.ts", "./adapters/tape/ok.ts", "../gateway/server/ok.ts"),
  "runtime/telemetry/ok.ts": imports("../../gateway/ok.ts"),
  "runtime/backtests/ok.ts": imports("../replay/ok.ts", "../adapters/tape/ok.ts"),
  "runtime/live/ok.ts": imports("../backtests/ok.ts", "../telemetry/ok.ts", "../replay/ok.ts"),
  "runtime/main.ts": imports("./live/ok.ts"),
  "runtime/cli/ok.ts": imports("../main.ts", "../backtests/ok.ts"),
  "runtime/trip.ts": imports("./round.ts"),
  "ui/ok.tsx": imports("../streams/domain/ok.ts", "../gateway/contract/ok.ts"),
  "tests/ok.ts": imports("../runtime/ok.ts", "../streams/domain/ok.ts"),
};

describe("the import rule as the tool checks it", () => {
  const root = mkdtempSync(join(tmpdir(), "tapedeck-rule-"));
  let found: readonly string[] = [];
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  beforeAll(() => {
    copyFileSync(config, join(root, ".dependency-cruiser.cjs"));
    copyFileSync("tsconfig.json", join(root, "tsconfig.json"));
    const known = { dependencies: { rxjs: "1", zod: "1", ws: "1" }, devDependencies: { "only-dev": "1" } };
    put("package.json", JSON.stringify({ name: "planted", type: "module", ...known }));
    for (const name of ["rxjs", "zod", "ws", "only-dev", "undeclared"]) {
      put(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "main.js" }));
      put(`node_modules/${name}/main.js`, "");
    }
    for (const [file, text] of Object.entries(right)) put(file, text);
    for (const [file, imported] of wrong) put(file, imports(imported));
    const folders = ["streams", "actors", "gateway", "runtime", "ui", "tests"];
    const args = [cruiser, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...folders];
    const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    found = summary.violations.map((v) => `${v.from}: ${v.rule.name}`);
  }, 60_000);
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(wrong)("%s may not import %s (%s)", (file, _imported, rule) => {
    expect(found).toContain(`${file}: ${rule}`);
  });
  it("lets pass what is allowed", () => {
    const allowed = Object.keys(right).filter((file) => file !== "runtime/trip.ts");
    expect(found.filter((line) => allowed.some((file) => line.startsWith(`${file}:`)))).toEqual([]);
  });
  it("has no rule that was not seen to fail", () => {
    expect([...new Set(wrong.map(([, , rule]) => rule))].sort()).toEqual([...ruleNames].sort());
  });
});
