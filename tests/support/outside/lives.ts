import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import type { UpSummary } from "../../../runtime/live/summary.ts";
import type { ChildSettings } from "./protocol.ts";

const DIST = join(import.meta.dirname, "../../../dist");
/** Something that must happen has so long, ms of this machine. */
const PATIENCE_MS = 60_000;

/** Turns with every bar, so that targets turn, orders are withdrawn and positions change sides. */
const TURNS = `import { defineStrategy } from "tapedeck/strategy";
import { map } from "rxjs";
import { z } from "zod";
export default defineStrategy({
  name: "turns",
  params: z.object({}),
  warmup: () => 1,
  signals: ({ bars$ }) =>
    bars$.pipe(map((bar) => ({ score: Math.sign(bar.close - bar.open), confidence: 1, reason: "the bar", causes: [bar.seq] }))),
});
`;
/** Has a limit order of its own near the price all the time, renewed with every bar. */
const NIBBLES = `import { defineStrategy, toPx } from "tapedeck/strategy";
import { mergeMap, withLatestFrom } from "rxjs";
import { z } from "zod";
export default defineStrategy({
  name: "nibbles",
  params: z.object({}),
  warmup: () => 1,
  orders: ({ bars$, position$ }) =>
    bars$.pipe(
      withLatestFrom(position$),
      mergeMap(([bar, holding]) => {
        const side = holding.shares > 0 ? "sell" : "buy";
        const limitPx = toPx(bar.close * (side === "buy" ? 0.9995 : 1.0005));
        const order = { side, kind: "limit", qty: null, limitPx, reduceOnly: holding.shares > 0, reason: "near" };
        return [{ do: "cancelAll" }, { do: "submit", order }];
      }),
    ),
});
`;

/** Bundles the program under test and lays its strategies into a data directory. */
export const prepare = async (dataDir: string): Promise<void> => {
  mkdirSync(join(dataDir, "strategies"), { recursive: true });
  writeFileSync(join(dataDir, "strategies", "turns.ts"), TURNS);
  writeFileSync(join(dataDir, "strategies", "nibbles.ts"), NIBBLES);
  await build({
    entryPoints: [join(import.meta.dirname, "child.ts")],
    outfile: join(DIST, "outsideChild.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    logLevel: "error",
  });
};

interface Said {
  readonly event?: string;
  readonly level?: string;
  readonly text?: string;
  readonly run?: string;
  readonly summary?: UpSummary;
}

/** One life of the process under test. */
export class ChildLife {
  readonly said: Said[] = [];
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #code: number | null | undefined;

  constructor(settings: ChildSettings) {
    this.#child = spawn(process.execPath, [join(DIST, "outsideChild.mjs"), JSON.stringify(settings)], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? ""; // what a kill cut in the middle is left
      for (const part of parts) this.said.push(JSON.parse(part) as Said);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#ended = new Promise((resolve) =>
      this.#child.once("close", (code) => {
        this.#code = code;
        resolve(code);
      }),
    );
  }

  heard(event: string): Said | undefined {
    return this.said.find((s) => s.event === event);
  }

  /** @throws Error when the process ends before, or takes too long. */
  async until(event: string): Promise<Said> {
    for (const end = performance.now() + PATIENCE_MS; ; await delay(10)) {
      const found = this.heard(event);
      if (found !== undefined) return found;
      if (this.#code !== undefined) throw new Error(`it ended with ${this.#code} before ${event}: ${this.stderr}`);
      if (performance.now() > end) throw new Error(`no ${event} within ${PATIENCE_MS} ms`);
    }
  }

  /** @throws Error when it had ended by itself. */
  async kill(): Promise<void> {
    if (this.#code !== undefined) throw new Error(`it ended with ${this.#code} before it was killed: ${this.stderr}`);
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Gone, whatever its state. */
  async remove(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** As a person stops it. */
  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return this.#ended;
  }
}
