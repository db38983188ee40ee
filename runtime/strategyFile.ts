import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildOptions, OnResolveResult } from "esbuild";
import { defineStrategy, type Strategy } from "../streams/strategies/define.ts";
import type { AnyStrategy } from "../streams/strategies/registry.ts";
import { BadInput } from "./failures.ts";
import { guardText } from "./strategyGuard.ts";

export interface LoadedStrategy {
  readonly strategy: AnyStrategy;
  /** sha256 of all its code, the files it imports too: a change in any of them makes another strategy. Where they lie, and comments, do not count. */
  readonly hash: string;
}

export const isStrategyFile = (name: string): boolean => /\.[cm]?[jt]s$/.test(name);

const require = createRequire(import.meta.url);

/** What a strategy may import by name, wherever its file lies. `tapedeck/strategy` and zod are the copies Tapedeck itself uses. */
const resolveOurs = (specifier: string): OnResolveResult | null => {
  if (specifier === "tapedeck" || specifier === "tapedeck/strategy") {
    const built = fileURLToPath(new URL("./strategy.js", import.meta.url));
    if (existsSync(built)) return { path: pathToFileURL(built).href, external: true };
    return { path: fileURLToPath(new URL("../streams/strategies/define.ts", import.meta.url)) };
  }
  if (/^zod(\/|$)/.test(specifier)) return { path: pathToFileURL(require.resolve(specifier)).href, external: true };
  if (specifier === "rxjs") return { path: join(dirname(require.resolve("rxjs/package.json")), "dist/esm/index.js") };
  return null;
};

/** Whether ours are put in or left outside. */
type Ours = "inside" | "outside";

const bundle = async (path: string, ours: Ours, more: BuildOptions = {}): Promise<string> => {
  const { build } = await import("esbuild");
  const resolved = (specifier: string): OnResolveResult | null => {
    const found = resolveOurs(specifier);
    return found === null || ours === "inside" ? found : { path: specifier, external: true };
  };
  const result = await build({
    ...more,
    entryPoints: [path],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [
      {
        name: "tapedeck",
        setup: (b) => b.onResolve({ filter: /^(tapedeck|rxjs|zod)(\/|$)/ }, ({ path: specifier }) => resolved(specifier)),
      },
    ],
  });
  return result.outputFiles[0]?.text ?? "";
};

/**
 * What the hash is over: the bundle without what Tapedeck itself brings, and without the paths that esbuild writes into comments and into the names of
 * modules. Statements stay as they are; `keepNames`, for code can ask for the names of functions.
 */
const PATHLESS: BuildOptions = { minifyWhitespace: true, minifyIdentifiers: true, keepNames: true, legalComments: "none" };

const hashOfCode = async (path: string): Promise<string> =>
  createHash("sha256")
    .update(await bundle(path, "outside", PATHLESS))
    .digest("hex");

const reason = (error: unknown): string => {
  const first = (error as { errors?: { text: string; location?: { line: number } | null }[] }).errors?.[0];
  if (first) return first.location ? `line ${first.location.line}: ${first.text}` : first.text;
  return error instanceof Error ? error.message : String(error);
};

/** Reads a strategy of somebody's own. @throws BadInput saying which file and why. */
export const loadStrategyFile = async (file: string): Promise<LoadedStrategy> => {
  const path = resolve(file);
  if (!existsSync(path)) throw new BadInput(`strategy file ${file} is not there`);
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-strategy-"));
  const guard = join(folder, "guard.js");
  let code: string;
  let hash: string;
  try {
    writeFileSync(guard, guardText(path));
    [code, hash] = await Promise.all([bundle(path, "inside", { inject: [guard] }), hashOfCode(path)]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw new BadInput(`strategy file ${file} does not compile: ${reason(error)}`);
  }
  try {
    const module = join(folder, "strategy.mjs");
    writeFileSync(module, code);
    const loaded = (await import(pathToFileURL(module).href)) as { default?: Strategy<unknown> };
    if (!loaded.default) throw new TypeError("it has no default export; write `export default defineStrategy({ … })`");
    return { strategy: defineStrategy(loaded.default), hash };
  } catch (error) {
    throw new BadInput(`strategy file ${file}: ${reason(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
