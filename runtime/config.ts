import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { nearest } from "../streams/domain/nearest.ts";
import type { RiskLimits } from "../streams/domain/run.ts";
import type { Money } from "../streams/domain/units.ts";
import { BadInput } from "./failures.ts";
import type { Secret } from "./secret.ts";
import { ROLES, type Role, SETTING_NAMES, Settings } from "./settings.ts";

/** The settings of one process, checked. Null: not given. */
export interface Config {
  readonly roles: readonly Role[];
  /** The address to listen on. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Of health, readiness and metrics on this machine, without a sign-in; 0: none. */
  readonly metricsPort: number;
  /** Absolute path. */
  readonly dataDir: string;
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | null;
  /** Null: streams in memory. */
  readonly redisUrl: Secret | null;
  /** Null: fan-out in memory. */
  readonly natsUrl: Secret | null;
  /** Names this process among those that share the work; the same after a restart. */
  readonly node: string;
  /** Before every key and subject on shared servers; "" for none. */
  readonly namespace: string;
  /** A holder silent for so long has lost what it held, ms. */
  readonly leaseMs: number;
  /** How long a server that does not answer at start is waited for, s. */
  readonly serverWait: number;
  readonly broker: "simulated" | "alpaca";
  readonly alpaca: {
    readonly keyId: Secret | null;
    readonly secretKey: Secret | null;
    readonly paper: boolean;
    readonly tradingUrl: string | null;
    readonly dataUrl: string | null;
    readonly streamUrl: string | null;
  };
  readonly sentiment: {
    readonly scorer: "auto" | "finbert" | "ollama" | "builtin";
    readonly finbertModel: string;
    readonly ollamaUrl: string;
    readonly ollamaModel: string;
  };
  /** Tickers to follow; empty: all there are. */
  readonly universe: readonly string[];
  readonly risk: RiskLimits;
  readonly learning: { readonly enabled: boolean };
  readonly cash: Money;
  readonly seed: number;
  /** Market time per machine time; "max": as fast as it goes. */
  readonly speed: number | "max";
  readonly publicOrigin: string | null;
  readonly logLevel: Settings["LOG_LEVEL"];
  readonly logFormat: Settings["LOG_FORMAT"];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's environment over the `.env` file of a folder: what is really set wins. */
export const environment = (folder: string = process.cwd()): Environment => {
  const file = join(folder, ".env");
  return existsSync(file) ? { ...parseEnv(readFileSync(file, "utf8")), ...process.env } : process.env;
};

/** Names that start like ours but are for tests and for work on the dashboard, not for a run. */
const TEST_ONLY = /^TAPEDECK_(SHARED$|GATEWAY$|TEST_)/;
const OURS = /^(TAPEDECK|RISK|LEARNING)_/;

/** Settings that were, and since which version they are not. */
const REMOVED: Readonly<Record<string, string>> = { TAPEDECK_SHARDS: "0.2" };

const unknownNames = (env: Environment): string[] =>
  Object.keys(env)
    .filter((key) => OURS.test(key) && !TEST_ONLY.test(key) && !(SETTING_NAMES as readonly string[]).includes(key))
    .map((key) => {
      const since = REMOVED[key];
      if (since !== undefined) return `${key}: was removed in ${since}; leave it out`;
      const meant = nearest(key, SETTING_NAMES);
      return `${key}: there is no such setting${meant ? `; did you mean ${meant}?` : " (.env.example lists them)"}`;
    });

/** What the schema knows and this version has no adapter for. Said aloud: a setting is never silently without effect. */
const notYet = (s: Settings): string[] => {
  const missing: (string | false)[] = [
    s.BROKER === "alpaca" && "BROKER: trading at Alpaca",
    s.NEWS_FEEDS.length > 0 && "NEWS_FEEDS: reading news feeds",
    s.REDDIT_CLIENT_ID !== null && "REDDIT_CLIENT_ID: reading Reddit",
    s.REDDIT_CLIENT_SECRET !== null && "REDDIT_CLIENT_SECRET: reading Reddit",
    s.REDDIT_SUBREDDITS.length > 0 && "REDDIT_SUBREDDITS: reading Reddit",
    (s.SENTIMENT === "finbert" || s.SENTIMENT === "ollama") && "SENTIMENT: a scorer other than the built-in one",
  ];
  return missing.filter((line) => line !== false).map((line) => `${line} is not in this version yet, leave it out`);
};

/** Whether several processes share the work. */
const apart = (s: Settings): boolean => ROLES.some((role) => !s.TAPEDECK_ROLES.includes(role));

const contradictions = (s: Settings): string[] => [
  ...(apart(s) && s.REDIS_URL === null ? ["REDIS_URL: processes that share the work meet there, it is needed"] : []),
  ...(apart(s) && s.NATS_URL === null ? ["NATS_URL: processes that share the work meet there, it is needed"] : []),
  ...(!s.ALPACA_PAPER && s.LIVE_TRADING === null
    ? ["LIVE_TRADING: ALPACA_PAPER=false trades real money and needs LIVE_TRADING=I-UNDERSTAND beside it"]
    : []),
  ...(s.BROKER === "alpaca" && s.ALPACA_KEY_ID === null ? ["ALPACA_KEY_ID: BROKER=alpaca needs it"] : []),
  ...(s.BROKER === "alpaca" && s.ALPACA_SECRET_KEY === null ? ["ALPACA_SECRET_KEY: BROKER=alpaca needs it"] : []),
];

/** Thrown when the settings cannot be used. `faults`: one line a setting, its name first, never its value. */
export class BadSettings extends BadInput {
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`bad settings: ${faults.join("; ")}`);
    this.name = "BadSettings";
    this.faults = faults;
  }
}

/** The machine's name and the folder's: two processes on one machine have folders of their own. */
const nodeName = (dataDir: string): string =>
  `${hostname()
    .replace(/[^\w-]/g, "-")
    .slice(0, 40)}-${createHash("sha256").update(dataDir).digest("hex").slice(0, 8)}`;

const toConfig = (s: Settings): Config => ({
  roles: s.TAPEDECK_ROLES,
  host: s.TAPEDECK_HOST,
  port: s.TAPEDECK_PORT,
  metricsPort: s.TAPEDECK_METRICS_PORT,
  dataDir: resolve(s.TAPEDECK_DATA_DIR),
  databaseUrl: s.DATABASE_URL,
  redisUrl: s.REDIS_URL,
  natsUrl: s.NATS_URL,
  node: s.TAPEDECK_NODE ?? nodeName(resolve(s.TAPEDECK_DATA_DIR)),
  namespace: s.TAPEDECK_NAMESPACE ?? "",
  leaseMs: s.TAPEDECK_LEASE_MS,
  serverWait: s.TAPEDECK_SERVER_WAIT,
  broker: s.BROKER,
  alpaca: Object.freeze({
    keyId: s.ALPACA_KEY_ID,
    secretKey: s.ALPACA_SECRET_KEY,
    paper: s.ALPACA_PAPER,
    tradingUrl: s.ALPACA_TRADING_URL,
    dataUrl: s.ALPACA_DATA_URL,
    streamUrl: s.ALPACA_STREAM_URL,
  }),
  sentiment: Object.freeze({
    scorer: s.SENTIMENT,
    finbertModel: s.FINBERT_MODEL,
    ollamaUrl: s.OLLAMA_URL,
    ollamaModel: s.OLLAMA_MODEL,
  }),
  universe: s.UNIVERSE,
  risk: Object.freeze({
    maxPositionFraction: s.RISK_MAX_POSITION_FRACTION,
    maxGrossExposure: s.RISK_MAX_GROSS_EXPOSURE,
    maxOpenPositions: s.RISK_MAX_OPEN_POSITIONS,
    maxDailyLossFraction: s.RISK_MAX_DAILY_LOSS_FRACTION,
    maxStaleMs: s.RISK_MAX_STALE_MS,
    minOrderNotional: s.RISK_MIN_ORDER_NOTIONAL,
    leverage: s.RISK_LEVERAGE,
    collar: s.RISK_COLLAR,
    allowShort: s.RISK_ALLOW_SHORT,
    enabled: true, // the switch that turns every limit off is for backtests beside other engines, not for a setting
  }),
  learning: Object.freeze({ enabled: s.LEARNING_ENABLED }),
  cash: s.CASH,
  seed: s.SEED,
  speed: s.SPEED,
  publicOrigin: s.PUBLIC_ORIGIN,
  logLevel: s.LOG_LEVEL,
  logFormat: s.LOG_FORMAT,
});

/** The only way from texts to settings; an empty text is not given. @throws BadSettings naming every setting at fault. */
export const loadConfig = (env: Environment): Config => {
  const given = Object.fromEntries(SETTING_NAMES.map((name) => [name, env[name]?.trim() || undefined]));
  const wrong = new Map<string, string>();
  for (const issue of Settings.safeParse(given).error?.issues ?? []) wrong.set(String(issue.path[0]), issue.message);
  // Once more without what is wrong, so that what does not go together is named in the same message.
  const settings = Settings.parse(Object.fromEntries(SETTING_NAMES.filter((n) => !wrong.has(n)).map((n) => [n, given[n]])));
  const faults = [
    ...[...wrong].map(([name, message]) => `${name}: ${message}`),
    ...unknownNames(env),
    ...contradictions(settings).filter((line) => !wrong.has(line.slice(0, line.indexOf(":")))),
    ...notYet(settings),
  ];
  if (faults.length > 0) throw new BadSettings(faults.sort());
  return Object.freeze(toConfig(settings));
};
