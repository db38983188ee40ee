import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { redisStreams } from "../../runtime/adapters/redis/streams.ts";
import type { UpSummary } from "../../runtime/live/summary.ts";
import { ask } from "../support/gatewayClient.ts";
import { writeGeneratedTape } from "../support/generatedTape.ts";
import { journalOf, select } from "../support/killing.ts";
import { type Running, start, tapedeck } from "../support/tapedeck.ts";
import { freshNamespace, link, removeNamespace, SERVER_URL, unreachable } from "./natsServer.ts";
import { REDIS_URL, redisReachable, removeUnder } from "./redisServer.ts";

const LONG_MS = 90_000;
const why = (await redisReachable()) ? await unreachable() : `no Redis at ${REDIS_URL}`;

const folder = mkdtempSync(join(tmpdir(), "tapedeck-roles-"));
const tape = join(folder, "market.tape");
const namespaces: string[] = [];
const running: Running[] = [];

/** Settings of processes that meet under a name of their own. */
const together = (): Readonly<Record<string, string>> => {
  const namespace = freshNamespace();
  namespaces.push(namespace);
  return { REDIS_URL, NATS_URL: SERVER_URL, TAPEDECK_NAMESPACE: namespace };
};
const flags = (dataDir: string, ...more: readonly string[]): readonly string[] => [
  "up",
  "--tape",
  tape,
  "--speed",
  "max",
  "--store",
  "memory",
  "--data-dir",
  join(folder, dataDir),
  ...more,
];
const begin = (role: string, settings: Readonly<Record<string, string>>, ...more: readonly string[]): Running => {
  const one = start(flags(role, "--roles", role, "--port", "0", ...more), settings);
  running.push(one);
  return one;
};
/** Asked to stop, as by Ctrl-C. What it printed. */
const stop = async ({ child, ended }: Running): Promise<string> => {
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
};
const finished = async (settings: Readonly<Record<string, string>>, dataDir: string): Promise<UpSummary> => {
  const { code, stdout, stderr } = await tapedeck(flags(dataDir, "--headless", "--until-end", "--json"), settings);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as UpSummary;
};
const books = ({ entries, bars, fills, cash, equity, imbalance, decisionsHash }: UpSummary) => ({
  entries,
  bars,
  fills,
  cash,
  equity,
  imbalance,
  decisionsHash,
});

describe.skipIf(why !== "")(`a tape played over ${REDIS_URL} and ${SERVER_URL}${why && ` (${why})`}`, () => {
  let embedded: UpSummary;
  beforeAll(async () => {
    const tickers = ["AAPL", "MSFT", "NVDA", "TSLA"] as never;
    writeGeneratedTape(tape, { seed: 11, tickers, newsPerDay: 60, quotesPerBar: 1, start: "2025-02-03" }, 12_000);
    embedded = await finished({}, "embedded");
  }, LONG_MS);
  afterEach(() => {
    for (const { child } of running.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  });
  afterAll(async () => {
    const line = await link();
    for (const namespace of namespaces) {
      await removeUnder(REDIS_URL, namespace);
      await removeNamespace(namespace, line);
    }
    await line.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("trades at all, in balance", () => {
    expect(embedded.fills).toBeGreaterThan(20);
    expect(Number(embedded.imbalance)).toBe(0);
  });

  it(
    "comes to the same decisions in one process that plays every role",
    async () => {
      expect(books(await finished(together(), "together"))).toEqual(books(embedded));
    },
    LONG_MS,
  );

  it(
    "stops when it is asked to, while more waits for the core than it holds",
    async () => {
      const settings = together();
      const dataDir = join(folder, "generated");
      const one = start(["up", "--headless", "--store", "memory", "--data-dir", dataDir, "--speed", "1"], settings);
      running.push(one);
      const streams = redisStreams({ url: REDIS_URL, prefix: settings.TAPEDECK_NAMESPACE ?? "" });
      const sent = () => streams.length("market:bars"); // 256 inputs of the source in each entry; 50,000 are held
      await expect.poll(sent, { timeout: LONG_MS, interval: 200 }).toBeGreaterThan(250);
      await streams.close();
      expect(await stop(one)).toContain("Nothing is lost");
    },
    LONG_MS,
  );

  it(
    "comes to the same decisions in five processes, and a gateway elsewhere shows all of it",
    async () => {
      const settings = together();
      const [core, feed, news, sentiment, gateway] = ["core", "feed", "news", "sentiment", "gateway"].map((role) =>
        begin(role, settings, ...(role === "core" ? ["--json"] : [])),
      ) as [Running, Running, Running, Running, Running];
      let url = new URL("http://localhost");
      await expect
        .poll(
          () => {
            const found = /http:\/\/localhost:\d+\/signin\S+/.exec(gateway.stdout());
            if (found) url = new URL(found[0]);
            return found !== null;
          },
          { timeout: LONG_MS },
        )
        .toBe(true);
      const port = Number(url.port);
      const ready = async () => {
        const { status, text } = await ask(port, "/ready");
        const body = JSON.parse(text) as { checks?: { name: string; detail: string }[] };
        return { status, core: body.checks?.find((c) => c.name === "core")?.detail ?? text };
      };
      await expect
        .poll(ready, { timeout: LONG_MS, interval: 200 })
        .toEqual({ status: 200, core: expect.stringMatching(new RegExp(`, entry ${embedded.entries}$`)) });

      const signIn = await ask(port, url.pathname + url.search);
      expect({ ...signIn, url: url.href }).toMatchObject({ status: 303, headers: { location: "/" } });
      const cookie = String(signIn.headers["set-cookie"]?.[0]).split(";")[0] ?? "";
      const count = async (path: string): Promise<number> => {
        let n = 0;
        for (let cursor: string | null = ""; cursor !== null; ) {
          const more = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
          const { status, text } = await ask(port, `${path}?limit=500${more}`, { headers: { cookie } });
          expect(status).toBe(200);
          const page = JSON.parse(text) as { items: unknown[]; cursor: string | null };
          n += page.items.length;
          cursor = page.cursor;
        }
        return n;
      };
      const shown = { fills: await count("/api/fills"), trades: await count("/api/trades") };

      const summary = JSON.parse(await stop(core)) as UpSummary;
      for (const one of [feed, news, sentiment, gateway]) await stop(one);
      expect(books(summary)).toEqual(books(embedded));
      const journal = journalOf(join(folder, "core")) ?? "";
      const trades = select(journal, (e) => (e.type === "trade.closed" ? e.seq : null)).length;
      expect(trades).toBeGreaterThan(5);
      expect(shown).toEqual({ fills: summary.fills, trades });
    },
    LONG_MS,
  );
});
