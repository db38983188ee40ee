import { type Command, InvalidArgumentError, Option } from "commander";
import pc from "picocolors";
import type { Say } from "../../actors/ports/telemetry.ts";
import { isLateWrite } from "../adapters/postgres/client.ts";
import { type Config, environment, loadConfig } from "../config.ts";
import { lineOf, markTold } from "../failures.ts";
import type { Speed } from "../live/pacer.ts";
import type { Up } from "../live/up.ts";
import { ownStrategies } from "../live/whatToRun.ts";
import { up } from "../main.ts";
import { attributed } from "../strategyGuard.ts";
import { logOf } from "../telemetry/openTelemetry.ts";
import { superviseSelf } from "./parent.ts";

interface Flags {
  readonly port?: string;
  readonly dataDir?: string;
  readonly tape?: string;
  readonly speed?: Speed;
  readonly broker?: string;
  readonly roles?: string;
  readonly store: "auto" | "memory";
  readonly untilEnd?: boolean;
  readonly headless?: boolean;
  readonly newRun?: boolean;
  readonly json?: boolean;
  readonly supervised?: boolean;
}

const speedOf = (text: string): Speed => {
  if (text === "max") return "max";
  const n = Number(text);
  if (!(n > 0 && Number.isFinite(n))) throw new InvalidArgumentError("takes a number above zero, or max");
  return n;
};
const storeOf = (text: string): "auto" | "memory" => {
  if (text !== "auto" && text !== "memory") throw new InvalidArgumentError("takes auto or memory");
  return text;
};

/** Flags win over settings, and are checked by the same rules. */
const configOf = (flags: Flags): Config =>
  loadConfig({
    ...environment(),
    ...(flags.port === undefined ? {} : { TAPEDECK_PORT: flags.port }),
    ...(flags.dataDir === undefined ? {} : { TAPEDECK_DATA_DIR: flags.dataDir }),
    ...(flags.broker === undefined ? {} : { BROKER: flags.broker }),
    ...(flags.roles === undefined ? {} : { TAPEDECK_ROLES: flags.roles }),
  });

const greet = (deck: Up, flags: Flags, speed: Speed): void => {
  if (deck.on !== null) console.log(`${pc.bold("Tapedeck")} plays ${deck.roles.join(", ")} over ${deck.on}.`);
  const market = flags.tape === undefined ? "a generated market" : `the tape ${flags.tape}`;
  if (deck.roles.includes("core"))
    console.log(
      `${pc.bold("Tapedeck")} runs on ${market} at ×${speed}, a simulated broker and ${deck.store}: no real money. For Alpaca paper trading see README.`,
    );
  if (deck.origin) {
    console.log(`Dashboard: ${deck.origin} (${deck.server === "uws" ? "uWebSockets" : "node:http"})`);
    console.log(`Sign in once with: ${deck.signInLink ?? ""}`);
    console.log("Ctrl-C stops; the next start goes on from there.");
  }
};

/** Resolves at the first signal to stop. A second one ends the process at once. */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    let asked = false;
    for (const name of ["SIGINT", "SIGTERM"] as const)
      process.on(name, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve();
      });
  });

/** What nobody caught ends the process with one line; what is sealed stands. */
const guard = (say: Say): void => {
  process.on("uncaughtException", (error) => {
    if (isLateWrite(error) || attributed() !== undefined) return; // a strategy's is seen to where the core plays
    say(lineOf(error), { event: "process.failed", level: "fatal" });
    process.exit(1);
  });
};

const run = async (flags: Flags): Promise<void> => {
  const config = configOf(flags);
  if (!flags.supervised && ownStrategies(config).length > 0) {
    const say = (line: string): void => void process.stderr.write(`tapedeck: ${line}\n`);
    process.exitCode = await superviseSelf([...process.argv.slice(1), "--supervised"], say);
    return;
  }
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM")); // whoever supervised it is gone
  process.channel?.unref();
  const stderr = (text: string): void => void process.stderr.write(text);
  const say = logOf(config, { write: stderr, colours: process.stderr.isTTY });
  guard(say);
  try {
    await play(flags, config, say);
  } catch (error) {
    if (config.logFormat !== "line") {
      say(lineOf(error), { event: "process.failed", level: "fatal" });
      markTold(error);
    }
    throw error;
  }
};

const play = async (flags: Flags, config: Config, say: Say): Promise<void> => {
  const speed = flags.speed ?? config.speed;
  const stopAsked = signalled();
  const deck = await up({
    config,
    tape: flags.tape ?? null,
    speed,
    store: flags.store,
    headless: flags.headless ?? false,
    supervised: flags.supervised ?? false,
    newRun: flags.newRun ?? false,
    say,
  });
  if (!flags.json) greet(deck, flags, speed);
  try {
    await Promise.race([deck.over, stopAsked, ...(flags.untilEnd ? [deck.ended] : [])]);
  } finally {
    await deck.stop();
  }
  const summary = deck.summary();
  if (summary === null) return;
  if (flags.json) process.stdout.write(`${JSON.stringify({ run: deck.run, ...summary })}\n`);
  else
    console.log(`Stopped after entry ${summary.entries}: ${summary.fills} fills, equity ${summary.equity} USD. Nothing is lost.`);
};

export const upCommand = (program: Command): void => {
  program
    .command("up")
    .description("runs the whole system: market, news, strategies, risk, simulated broker, ledger, dashboard")
    .option("--port <n>", "of the dashboard (default 8080; 0: any free one)")
    .option("--data-dir <dir>", "where everything is kept (default ./data)")
    .option("--tape <file>", "plays a tape as if live, instead of the generated market")
    .option("--speed <n|max>", "market time per machine time (default 60)", speedOf)
    .option("--broker <name>", "simulated")
    .option("--roles <list>", "which parts run in this process (default all)")
    .option(
      "--store <kind>",
      "auto: DATABASE_URL or the embedded PostgreSQL; memory: lists are gone at the end, the tape is kept",
      storeOf,
      "auto",
    )
    .option("--until-end", "stops when the tape is at its end")
    .option(
      "--new-run",
      "begins a new run with the configured cash; without it, changed settings go on with the account there is",
    )
    .addOption(new Option("--supervised").hideHelp())
    .option("--headless", "no dashboard, no port")
    .option("--json", "prints one object at the end: run, entries, fills, cash, equity, decisionsHash, decisionsHashVersion")
    .addHelpText("after", "\nExample:\n  npx tapedeck up --tape week.tape --speed 600")
    .action(run);
};
