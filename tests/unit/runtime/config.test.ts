import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect, parseEnv } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BadSettings, type Environment, environment, loadConfig } from "../../../runtime/config.ts";
import { BadInput } from "../../../runtime/failures.ts";
import { SETTING_NAMES } from "../../../runtime/settings.ts";
import { RiskLimits } from "../../../streams/domain/run.ts";

const faultsOf = (env: Environment): readonly string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof BadSettings) return error.faults;
    throw error;
  }
  return [];
};
const namesIn = (env: Environment) => faultsOf(env).map((fault) => fault.slice(0, fault.indexOf(":")));
/** `.env.example` with every setting switched on. */
const example = () => parseEnv(readFileSync(".env.example", "utf8").replace(/^# ([A-Z_]+=)/gm, "$1"));

describe("settings", () => {
  it("needs none", () => {
    const config = loadConfig({});
    expect(config.port).toBe(8080);
    expect(config.databaseUrl).toBeNull();
    expect(config.risk).toEqual(RiskLimits.parse({}));
    expect(config.cash).toBe(100_000_000_000);
  });

  it("lists every setting in .env.example, and no other", () => {
    expect(Object.keys(example()).sort()).toEqual([...SETTING_NAMES].sort());
  });

  it("gives in .env.example the defaults that are true", () => {
    expect(loadConfig(example())).toEqual(loadConfig({}));
  });

  it("reads every kind of text", () => {
    const config = loadConfig({
      TAPEDECK_PORT: "0",
      UNIVERSE: "AAPL, BRK.B,,MSFT",
      RISK_MAX_OPEN_POSITIONS: "5",
      RISK_MAX_DAILY_LOSS_FRACTION: "0.015",
      RISK_MIN_ORDER_NOTIONAL: "2.5",
      RISK_ALLOW_SHORT: "false",
      LEARNING_ENABLED: "false",
      CASH: "2500.75",
      SPEED: "max",
      PUBLIC_ORIGIN: "https://deck.example.org",
    });
    expect(config).toMatchObject({ port: 0, universe: ["AAPL", "BRK.B", "MSFT"], cash: 2_500_750_000, speed: "max" });
    expect(config).toMatchObject({ publicOrigin: "https://deck.example.org", learning: { enabled: false } });
    expect(config.risk).toMatchObject({ maxOpenPositions: 5, maxDailyLossFraction: 0.015, minOrderNotional: 2_500_000 });
    expect(config.risk.allowShort).toBe(false);
  });

  it("names every setting at fault in one message of one line", () => {
    const env = {
      TAPEDECK_PORT: "eighty",
      CASH: "-5",
      SEED: "1.5",
      UNIVERSE: "AAPL,what?",
      REDIS_URL: "http://h",
      RISK_MAX_STALE: "9",
    };
    expect(namesIn(env)).toEqual(["CASH", "REDIS_URL", "RISK_MAX_STALE", "SEED", "TAPEDECK_PORT", "UNIVERSE"]);
    expect(() => loadConfig(env)).toThrow(BadInput);
    expect(() => loadConfig(env)).toThrow(/^bad settings: [^\n]*$/);
  });

  it.each(SETTING_NAMES)("never shows what %s was set to when it is wrong", (name) => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (junk) => {
        const shown = faultsOf({ [name]: `~${junk}~secret` }).join();
        expect(shown).not.toContain("~secret");
        expect(shown === "" || shown.startsWith(`${name}: `)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses a name it does not know, and says which was meant", () => {
    expect(faultsOf({ RISK_MAX_OPEN_POSITION: "3" })[0]).toContain("did you mean RISK_MAX_OPEN_POSITIONS?");
    expect(faultsOf({ TAPEDECK_PROT: "1" })[0]).toContain("did you mean TAPEDECK_PORT?");
    expect(faultsOf({ TAPEDECK_COLOUR: "red" })[0]).toContain(".env.example lists them");
    expect(namesIn({ TAPEDECK_SHARDS: "1" })).toEqual(["TAPEDECK_SHARDS"]);
    expect(faultsOf({ HOME: "/root", RISKY: "x", TAPEDECK_SHARED: "../shared" })).toEqual([]);
  });

  it("splits roles only over servers", () => {
    const servers = { REDIS_URL: "redis://127.0.0.1:6379", NATS_URL: "nats://127.0.0.1:4222" };
    for (const split of [{ TAPEDECK_ROLES: "core" }, { TAPEDECK_ROLES: "feed,news" }]) {
      expect(namesIn(split)).toEqual(["NATS_URL", "REDIS_URL"]);
      expect(faultsOf({ ...split, ...servers })).toEqual([]);
    }
    expect(faultsOf({ REDIS_URL: servers.REDIS_URL })).toEqual([]);
    expect(faultsOf({ NATS_URL: servers.NATS_URL })).toEqual([]);
  });

  it("names a process after its machine and folder, the same after a restart", () => {
    const node = loadConfig({ TAPEDECK_DATA_DIR: "/some/where" }).node;
    expect(node).toMatch(/^[\w-]{1,64}$/);
    expect(loadConfig({ TAPEDECK_DATA_DIR: "/some/where" }).node).toBe(node);
    expect(loadConfig({ TAPEDECK_DATA_DIR: "/else/where" }).node).not.toBe(node);
    expect(loadConfig({ TAPEDECK_NODE: "core-1" }).node).toBe("core-1");
  });

  it.each([
    { NEWS_FEEDS: "https://example.org/rss" },
    { REDDIT_SUBREDDITS: "stocks" },
    { SENTIMENT: "finbert" },
    { BROKER: "alpaca", ALPACA_KEY_ID: "k", ALPACA_SECRET_KEY: "s" },
  ])("refuses what this version cannot do yet instead of leaving it without effect: %o", (env) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(new RegExp(`^${Object.keys(env)[0]}: .* is not in this version yet`))]);
  });

  it("needs two settings before it would touch real money", () => {
    expect(namesIn({ ALPACA_PAPER: "false" })).toEqual(["LIVE_TRADING"]);
    expect(namesIn({ ALPACA_PAPER: "false", LIVE_TRADING: "yes" })).toEqual(["LIVE_TRADING"]);
    expect(namesIn({ ALPACA_PAPER: "false", LIVE_TRADING: "I-UNDERSTAND" })).toEqual([]);
    expect(namesIn({ BROKER: "alpaca" })).toEqual(["ALPACA_KEY_ID", "ALPACA_SECRET_KEY", "BROKER"]);
  });

  it("takes an empty setting for one that is not given", () => {
    expect(loadConfig({ DATABASE_URL: "", TAPEDECK_PORT: "  " })).toEqual(loadConfig({}));
  });

  it("shows no secret, however it is printed", () => {
    const config = loadConfig({ DATABASE_URL: "postgres://me:hunter2@127.0.0.1/db", ALPACA_SECRET_KEY: "hunter2" });
    for (const shown of [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), `${config.databaseUrl}`])
      expect(shown).not.toContain("hunter2");
    expect(config.databaseUrl?.reveal()).toBe("postgres://me:hunter2@127.0.0.1/db");
  });

  it("reads a .env file, under what is really set", () => {
    const folder = mkdtempSync(join(tmpdir(), "tapedeck-env-"));
    writeFileSync(join(folder, ".env"), "SEED=7\nPATH=/from/the/file\n");
    const env = environment(folder);
    rmSync(folder, { recursive: true });
    expect(env.SEED).toBe("7");
    expect(env.PATH).not.toBe("/from/the/file");
  });
});
