// `npm run bench [-- NAME…]`: bundles each tests/bench/*.ts, as the product is bundled, and runs its `run()` in a process of its own.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../../bundle.config.mjs";

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(", ")}; there are ${names.join(", ") || "none"}`);
  process.exit(2);
}

const outdir = join(here, "../../dist/bench");
const chosen = asked.length > 0 ? asked : names;
await build({
  ...bundleOptions,
  entryPoints: chosen.map((name) => join(here, `${name}.ts`)),
  outdir,
  outExtension: { ".js": ".mjs" },
});

let failed = 0;
for (const name of chosen) {
  console.log(`\n== ${name}`);
  const start = `const { run } = await import(${JSON.stringify(pathToFileURL(join(outdir, `${name}.mjs`)).href)}); await run();`;
  const { status } = spawnSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", start], { stdio: "inherit" });
  if (status !== 0) failed++;
}
process.exit(failed > 0 ? 1 : 0);
