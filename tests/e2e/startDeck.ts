import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
const START_MS = 90_000;

/** A running deck, in a process of its own. */
export interface Deck {
  readonly origin: string;
  /** The one-time link that it printed last. */
  readonly link: () => string;
  stop(): Promise<void>;
  /** Again on the same port and the same data. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
};

/** The gateway on made-up data, for when only the dashboard is in question. */
const bundleDemo = async (): Promise<string> => {
  const outfile = join(ROOT, "dist/demoGateway.mjs");
  await build({
    entryPoints: [join(ROOT, "tests/support/demoGateway.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  return outfile;
};

const untilLink = (child: ChildProcess): Promise<string> =>
  new Promise((done, fail) => {
    let said = "";
    const late = setTimeout(() => fail(new Error(`no sign-in link within ${START_MS} ms; it said:\n${said}`)), START_MS);
    const hear = (part: Buffer) => {
      said += part.toString();
      const link = /http:\/\/localhost:\d+\/signin\S+/.exec(said)?.[0];
      if (!link) return;
      clearTimeout(late);
      done(link);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => {
      clearTimeout(late);
      fail(new Error(`the deck ended with ${code} before it was ready; it said:\n${said}`));
    });
  });

/** Starts the whole system (`TAPEDECK_E2E_TARGET=demo`: only the gateway on made-up data) and waits for its sign-in link. */
export const startDeck = async (): Promise<Deck> => {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), "tapedeck-e2e-"));
  const args =
    process.env.TAPEDECK_E2E_TARGET === "demo"
      ? [await bundleDemo(), String(port), join(ROOT, "dist/ui")]
      : [join(ROOT, "dist/tapedeck.js"), "up", "--port", String(port), "--data-dir", data];
  let child: ChildProcess | null = null;
  let link = "";
  const start = async () => {
    child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    link = await untilLink(child);
  };
  const stop = async () => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGINT");
    await ended;
  };
  await start();
  return {
    origin: `http://localhost:${port}`,
    link: () => link,
    start,
    stop,
    remove: async () => {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
};
