import { z } from "zod";
import { RiskLimits } from "../streams/domain/run.ts";
import { Money, Ticker } from "../streams/domain/units.ts";
import { Secret } from "./secret.ts";

// The texts of the environment and what they mean. Messages name what is expected and never repeat what was given: it may be a secret.

const word = z.string().min(1);
/** Part of keys, subjects and names of streams. */
const name = z.string().regex(/^[\w-]{1,64}$/, "expected 1 to 64 letters, digits, - or _");
const secret = word.transform((value) => new Secret(value));
const url = (...schemes: readonly string[]) => {
  const expected = `expected an address that begins with ${schemes.map((s) => `${s}://`).join(" or ")}`;
  return z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: expected,
    abort: true,
  });
};
/** A user name and a password may be part of the address. */
const secretUrl = (...schemes: readonly string[]) => url(...schemes).transform((value) => new Secret(value));
const webUrl = url("http", "https");
/** Just scheme, host and port: what a browser sends as Origin. */
const origin = webUrl.refine((text) => new URL(text).origin === text, "expected scheme, host and port only, no path");

const integer = (min: number, max: number) => {
  const expected = `expected a whole number from ${min} to ${max}`;
  const inRange = (n: number) => n >= min && n <= max;
  return z
    .string()
    .regex(/^\d{1,16}$/, expected)
    .transform(Number)
    .refine(inRange, expected);
};
const yesNo = z.enum(["true", "false"], "expected true or false").transform((text) => text === "true");
const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, `expected one of ${words.join(", ")}`);
const list = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string()
    .transform((text) => text.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])))
    .pipe(z.array(item))
    .readonly();
/** Dollars. Nine digits before the point stay far inside what the ledger can hold. */
const dollars = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, "expected dollars such as 100000 or 0.5")
  .pipe(Money);
const speed = z.union(
  [
    z.literal("max"),
    z
      .string()
      .regex(/^\d{1,7}(\.\d{1,3})?$/)
      .transform(Number)
      .pipe(z.number().positive()),
  ],
  "expected max or a number above 0",
);

/** A limit of the domain, given as text: its range and its default stay where they are defined. */
const number = <T extends z.ZodType>(limit: T) =>
  z.preprocess((text) => (typeof text === "string" && /^-?\d{1,16}(\.\d{1,9})?$/.test(text) ? Number(text) : text), limit);

export const ROLES = ["feed", "news", "sentiment", "core", "gateway", "worker"] as const;
export const Role = z.enum(ROLES, `expected roles out of ${ROLES.join(", ")}`);
export type Role = z.output<typeof Role>;

const { shape: limit } = RiskLimits;
const unlessGiven = <T extends z.ZodType>(schema: T) => schema.nullable();

/** Every setting there is, by its name in the environment. `.env.example` explains each; a test keeps the two alike. */
export const Settings = z.object({
  TAPEDECK_ROLES: list(Role).default(ROLES),
  TAPEDECK_HOST: word.default("127.0.0.1"),
  TAPEDECK_PORT: integer(0, 65_535).default(8080),
  TAPEDECK_METRICS_PORT: integer(0, 65_535).default(0),
  TAPEDECK_DATA_DIR: word.default("./data"),
  TAPEDECK_NODE: unlessGiven(name).default(null),
  TAPEDECK_NAMESPACE: unlessGiven(name).default(null),
  TAPEDECK_LEASE_MS: integer(1_000, 60_000).default(5_000),
  TAPEDECK_SERVER_WAIT: integer(0, 86_400).default(60),
  DATABASE_URL: unlessGiven(secretUrl("postgres", "postgresql")).default(null),
  REDIS_URL: unlessGiven(secretUrl("redis", "rediss")).default(null),
  NATS_URL: unlessGiven(secretUrl("nats", "tls")).default(null),
  BROKER: oneOf("simulated", "alpaca").default("simulated"),
  ALPACA_KEY_ID: unlessGiven(secret).default(null),
  ALPACA_SECRET_KEY: unlessGiven(secret).default(null),
  ALPACA_PAPER: yesNo.default(true),
  ALPACA_TRADING_URL: unlessGiven(webUrl).default(null),
  ALPACA_DATA_URL: unlessGiven(webUrl).default(null),
  ALPACA_STREAM_URL: unlessGiven(url("ws", "wss")).default(null),
  LIVE_TRADING: unlessGiven(z.literal("I-UNDERSTAND", "expected I-UNDERSTAND or nothing")).default(null),
  NEWS_FEEDS: list(webUrl).default([]),
  REDDIT_CLIENT_ID: unlessGiven(secret).default(null),
  REDDIT_CLIENT_SECRET: unlessGiven(secret).default(null),
  REDDIT_SUBREDDITS: list(z.string().regex(/^\w{2,21}$/, "expected names of subreddits")).default([]),
  SENTIMENT: oneOf("auto", "finbert", "ollama", "builtin").default("auto"),
  FINBERT_MODEL: word.default("Xenova/finbert"),
  OLLAMA_URL: webUrl.default("http://127.0.0.1:11434"),
  OLLAMA_MODEL: word.default("llama3.2"),
  UNIVERSE: list(Ticker).default([]),
  RISK_MAX_POSITION_FRACTION: number(limit.maxPositionFraction),
  RISK_MAX_GROSS_EXPOSURE: number(limit.maxGrossExposure),
  RISK_MAX_OPEN_POSITIONS: number(limit.maxOpenPositions),
  RISK_MAX_DAILY_LOSS_FRACTION: number(limit.maxDailyLossFraction),
  RISK_MAX_STALE_MS: number(limit.maxStaleMs),
  RISK_MIN_ORDER_NOTIONAL: dollars.prefault("1"),
  RISK_LEVERAGE: number(limit.leverage),
  RISK_COLLAR: number(limit.collar),
  RISK_ALLOW_SHORT: yesNo.default(true),
  LEARNING_ENABLED: yesNo.default(true),
  CASH: dollars.prefault("100000"),
  SEED: integer(0, 4_294_967_295).default(1),
  SPEED: speed.default(60),
  PUBLIC_ORIGIN: unlessGiven(origin).default(null),
  LOG_LEVEL: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent").default("info"),
  LOG_FORMAT: oneOf("line", "json", "pretty").default("line"),
});
export type Settings = z.output<typeof Settings>;
export const SETTING_NAMES = Object.keys(Settings.shape) as readonly (keyof Settings)[];
