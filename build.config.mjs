// Builds dist/: the server (esbuild, packages stay outside) and the dashboard (Vite). `--if-stale` skips what is newer than its sources.
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "./bundle.config.mjs";

const root = import.meta.dirname;
process.chdir(root);

const newest = (dir) =>
  readdirSync(dir, { withFileTypes: true }).reduce((latest, entry) => {
    const path = join(dir, entry.name);
    return Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }, 0);
const stale = (output, sources) => {
  if (!process.argv.includes("--if-stale") || !existsSync(output)) return true;
  const built = statSync(output).mtimeMs;
  return sources.some((dir) => existsSync(dir) && newest(dir) > built);
};

if (stale("dist/tapedeck.js", ["streams", "actors", "gateway", "runtime"])) {
  await build({
    ...bundleOptions,
    entryPoints: {
      tapedeck: "runtime/cli/tapedeck.ts",
      strategy: "streams/strategies/define.ts",
      backtestThread: "runtime/backtests/thread.ts",
      heartThread: "runtime/live/heartThread.ts",
    },
    outdir: "dist",
    splitting: true,
    banner: { js: "#!/usr/bin/env node" },
  });
  chmodSync("dist/tapedeck.js", 0o755);
}

// npx finds the command in a checkout only where npm would have linked it.
if (existsSync("node_modules")) {
  mkdirSync("node_modules/.bin", { recursive: true });
  try {
    unlinkSync("node_modules/.bin/tapedeck");
  } catch {} // it was not there
  symlinkSync("../../dist/tapedeck.js", "node_modules/.bin/tapedeck");
}

if (existsSync("ui/index.html") && stale("dist/ui/index.html", ["ui", "streams/domain", "gateway/contract"])) {
  const vite = await import("vite");
  await vite.build({ configFile: "vite.config.ts", logLevel: "warn" });
}
