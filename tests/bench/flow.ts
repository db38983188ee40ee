import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { Redis } from "ioredis";
import type { Say } from "../../actors/ports/telemetry.ts";
import { MemoryStore } from "../../runtime/adapters/memory/history.ts";
import { natsConnection } from "../../runtime/adapters/nats/connection.ts";
import { unpackEvents } from "../../runtime/adapters/tape/pack.ts";
import { wireText } from "../../runtime/adapters/tape/wire.ts";
import { Bridge } from "../../runtime/bridge.ts";
import { CloseStack } from "../../runtime/closeStack.ts";
import { type Config, loadConfig } from "../../runtime/config.ts";
import { deferred } from "../../runtime/deferred.ts";
import type { Source } from "../../runtime/live/source.ts";
import { liveConfig } from "../../runtime/live/whatToRun.ts";
import { CoreRole } from "../../runtime/live/wire/coreRole.ts";
import { gatewayRole } from "../../runtime/live/wire/gatewayRole.ts";
import { KEYS, SUBJECTS, tapeStreamOf } from "../../runtime/live/wire/names.ts";
import { openWire, type Wire } from "../../runtime/live/wire/openWire.ts";
import { readPlay } from "../../runtime/live/wire/playOrders.ts";
import { Producer } from "../../runtime/live/wire/producer.ts";
import { Scoring } from "../../runtime/live/wire/scoring.ts";
import { setUp } from "../../runtime/runSetup.ts";
import { openTelemetry, type Telemetry } from "../../runtime/telemetry/openTelemetry.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { bar, quote } from "../../streams/domain/market.ts";
import { newsRaw } from "../../streams/domain/news.ts";
import { ms, type Ticker, ticker } from "../../streams/domain/units.ts";
import { Random } from "../../streams/market/random.ts";
import { builtinScorer } from "../../streams/news/score.ts";

const REDIS = process.env.TAPEDECK_TEST_REDIS_URL ?? "redis://127.0.0.1:6379";
const NATS = process.env.TAPEDECK_TEST_NATS_URL ?? "nats://127.0.0.1:4222";
const TICKERS = 2_000;
const MOMENT_MS = 20;
/** What comes in this long after the start is not counted: connections, first sight of each ticker. */
const WARM_UP_MS = 6_000;
const SECONDS = 8;
/** Events a second: half of what is required, what is required, what is aimed at. */
const LOADS = (process.env.TAPEDECK_TEST_FLOW ?? "12500,25000,50000").split(",").map(Number);
/** In the order of their start; the feed comes last. */
const ROLES = ["gateway", "gateway", "core", "bridge", "feed"] as const;

interface Task {
  readonly role: (typeof ROLES)[number];
  readonly perSecond: number;
  readonly namespace: string;
  readonly folder: string;
  /** Machine's clock, epoch ms: when the feed begins. */
  readonly startAt: number;
}

interface Report {
  readonly role: string;
  readonly events: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuSeconds: number;
  readonly orders: number;
}

/** `AAA`, `AAB`, … */
const nameOf = (i: number): Ticker =>
  ticker(String.fromCharCode(65 + Math.floor(i / 676), 65 + (Math.floor(i / 26) % 26), 65 + (i % 26)));

/** Two quotes and a bar of each ticker in turn, each moment at its time on the machine's clock: `tSeen` is when it is appended. */
const livePrices = (perSecond: number, startAt: number, share: "market" | "news"): Source => {
  const chance = new Random(7, "flow");
  const prices = Array.from({ length: TICKERS }, () => 50 + chance.next() * 100);
  const each = Math.round((perSecond * MOMENT_MS) / 1_000);
  const moments = ((SECONDS * 1_000 + WARM_UP_MS) / MOMENT_MS) | 0;
  /** From one bar of a ticker to its next. */
  const barMs = Math.ceil((TICKERS * 3) / each) * MOMENT_MS;
  let n = 0;
  let moment = 0;
  const quoteAt = (i: number, at: number): InputEvent => {
    const last = prices[i] as number;
    return quote(nameOf(i), { tEvent: ms(at), tSeen: ms(at) }, last * 0.9999, last * 1.0001, 100, 100);
  };
  const barAt = (i: number, at: number): InputEvent => {
    const open = prices[i] as number;
    const close = Math.max(1, open * (1 + (chance.next() - 0.5) * 0.001));
    prices[i] = close;
    return bar(nameOf(i), ms(at - barMs), ms(at), open, Math.max(open, close), Math.min(open, close), close, 100, barMs);
  };
  /** Quotes of the next tickers, then their bars: a third of a moment's events each. */
  const pricesAt = (at: number): readonly InputEvent[] => {
    const some = Array.from({ length: Math.round(each / 3) }, () => n++ % TICKERS);
    return [...some.flatMap((i) => [quoteAt(i, at), quoteAt(i, at)]), ...some.map((i) => barAt(i, at))];
  };
  return {
    kind: "generated",
    name: "flow",
    from: null,
    to: null,
    playable: true,
    historyUntil: 0,
    seek: () => {},
    next: () => {
      if (moment >= moments) return null;
      const at = startAt + moment++ * MOMENT_MS;
      if (share === "market") return pricesAt(at);
      return [
        newsRaw(
          { tEvent: ms(at), tSeen: ms(at) },
          {
            id: `n${moment}`,
            source: "flow",
            tickers: [nameOf(moment % TICKERS)],
            headline: `${nameOf(moment % TICKERS)} raises its outlook`,
            url: null,
          },
        ),
      ];
    },
  };
};

/** When each event was appended, and when it was here. */
class Latencies {
  readonly #sent: number[] = [];
  readonly #here: number[] = [];
  orders = 0;
  note(sent: number, here: number): void {
    this.#sent.push(sent);
    this.#here.push(here);
  }
  /** Of what was appended from a moment on. */
  report(role: string, from: number): Report {
    const first = this.#sent.findIndex((at) => at >= from);
    const sorted = Float64Array.from(
      first < 0 ? [] : this.#sent.slice(first).map((at, i) => (this.#here[first + i] as number) - at),
    ).sort();
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
    const { user, system } = process.cpuUsage();
    return {
      role,
      events: sorted.length,
      seconds: ((this.#here.at(-1) ?? 0) - (this.#here[first] ?? 0)) / 1_000,
      p50: at(0.5),
      p99: at(0.99),
      cpuSeconds: (user + system) / 1e6,
      orders: this.orders,
    };
  }
}

const now = (): number => performance.timeOrigin + performance.now();
const wait = (forMs: number): Promise<void> => delay(forMs);
const say: Say = (line, about) => {
  if (about?.level === "error" || about?.level === "fatal") console.error(line);
};

const feed = async (task: Task, wire: Wire): Promise<() => Promise<void>> => {
  const about = { kind: "generated", name: "flow", hash: "flow", from: null, to: null, historyUntil: 0 } as const;
  const due = async (tSeen: number): Promise<void> => {
    while (tSeen > now()) await wait(1);
  };
  const producers = (["market", "news"] as const).map(
    (share) =>
      new Producer({
        streams: wire.streams,
        about,
        open: () => livePrices(task.perSecond, task.startAt, share),
        share,
        due,
        now,
        delay: wait,
        ahead: 1_000_000,
      }),
  );
  const scoring = new Scoring({ streams: wire.streams, scorer: builtinScorer(), node: "scoring" });
  for (const p of producers) void p.run();
  void scoring.run();
  return async () => {
    for (const p of producers) p.stop();
    await scoring.stop();
  };
};

const core = async (config: Config, wire: Wire, { metrics }: Telemetry): Promise<() => Promise<void>> => {
  const outcome = deferred();
  outcome.promise.catch((error: unknown) => console.error(error));
  const role = new CoreRole({
    ...wire,
    config,
    setup: await setUp(liveConfig(config)),
    node: config.node,
    speed: "max",
    store: "memory",
    newRun: false,
    metrics,
    isShown: false,
    now,
    delay: wait,
    say,
    outcome,
    ended: deferred(),
  });
  role.start();
  return () => role.stop();
};

const bridge = async (wire: Wire): Promise<() => Promise<void>> => {
  const one = new Bridge({
    ...wire,
    current: async () => {
      const play = await readPlay(wire.streams);
      return play === null ? null : { run: play.run, stream: tapeStreamOf(play.run) };
    },
    unpack: unpackEvents,
    text: wireText,
    packs: SUBJECTS.tape,
    bridged: KEYS.bridged,
    node: "bridge",
    delay: wait,
    now,
    say,
  });
  void one.run();
  return () => one.stop();
};

const gateway = async (config: Config, wire: Wire, telemetry: Telemetry, seen: Latencies): Promise<() => Promise<void>> => {
  const role = await gatewayRole({
    config,
    setup: await setUp(liveConfig(config)),
    fanout: wire.fanout,
    history: new MemoryStore(),
    project: {
      begin: () => {},
      events: (_run, events) => {
        const at = now();
        for (const e of events) {
          if (e.type === "market.bar" || e.type === "market.quote") seen.note(e.tSeen, at);
          else if (e.type === "order.submitted") seen.orders += 1;
        }
      },
    },
    telemetry,
    now,
    delay: wait,
    say,
  });
  const flushing = setInterval(() => role.flush(), 100);
  return async () => {
    clearInterval(flushing);
    await role.stop();
  };
};

/** One process of the deck. Ends when its parent says so. */
export const child = async (task: Task, name: string): Promise<void> => {
  const config = loadConfig({
    REDIS_URL: REDIS,
    NATS_URL: NATS,
    TAPEDECK_NAMESPACE: task.namespace,
    TAPEDECK_DATA_DIR: join(task.folder, name),
    TAPEDECK_PORT: "0",
    LOG_LEVEL: "error",
  });
  const opened = new CloseStack();
  const telemetry = await openTelemetry(config, true, opened);
  const { checks } = telemetry;
  const wire = await openWire({ config, say, delay: wait, stopping: new AbortController().signal, checks }, opened);
  const seen = new Latencies();
  const parts = {
    feed: () => feed(task, wire),
    core: () => core(config, wire, telemetry),
    bridge: () => bridge(wire),
    gateway: () => gateway(config, wire, telemetry, seen),
  };
  const stop = await parts[task.role]();
  process.send?.("up");
  const from = await new Promise<number>((resolve) => process.once("message", (at) => resolve(at as number)));
  process.send?.(seen.report(task.role, from));
  await stop();
  await opened.closeAll();
  process.exit(0);
};

const launch = (task: Task, name: string) => {
  const code = `const { child } = await import(${JSON.stringify(import.meta.url)}); await child(JSON.parse(process.argv[1]), process.argv[2]);`;
  const one = spawn(process.execPath, ["--input-type=module", "--eval", code, JSON.stringify(task), name], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const messages: unknown[] = [];
  const waiting: ((m: unknown) => void)[] = [];
  one.on("message", (m) => {
    const next = waiting.shift();
    if (next) next(m);
    else messages.push(m);
  });
  return {
    heard: (): Promise<unknown> =>
      messages.length > 0 ? Promise.resolve(messages.shift()) : new Promise((resolve) => waiting.push(resolve)),
    report: (from: number) => one.send(from),
    ended: new Promise<void>((resolve) => one.once("exit", () => resolve())),
  };
};

/** What a measurement left on the servers. */
const sweep = async (namespace: string, redis: Redis): Promise<void> => {
  const keys = await redis.keys(`${namespace}:*`);
  if (keys.length > 0) await redis.del(...keys);
  const link = await natsConnection({ url: NATS, name: "tapedeck bench", onTrouble: () => {} });
  const jsm = await jetstreamManager(link.nc);
  for await (const { config } of jsm.streams.list()) if (config.name.includes(namespace)) await jsm.streams.delete(config.name);
  await link.close();
};

const measure = async (perSecond: number, redis: Redis): Promise<void> => {
  const namespace = `bench-flow-${process.pid}-${perSecond}`;
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-flow-"));
  const start = (role: Task["role"], i: number, startAt: number) =>
    launch({ role, perSecond, namespace, folder, startAt }, `${role}${i}`);
  const all = ROLES.slice(0, -1).map((role, i) => start(role, i, 0));
  try {
    await Promise.all(all.map((one) => one.heard()));
    const startAt = Math.ceil((now() + 1_500) / MOMENT_MS) * MOMENT_MS;
    const last = start("feed", 0, startAt);
    all.push(last);
    await last.heard();
    await delay(startAt - now() + WARM_UP_MS + SECONDS * 1_000 + 1_000);
    for (const one of all) one.report(startAt + WARM_UP_MS);
    const reports = (await Promise.all(all.map((one) => one.heard()))) as Report[];
    for (const r of reports.filter((one) => one.role === "gateway")) {
      if (r.events === 0) {
        console.log(`${String(perSecond).padStart(6)} events/s sent: none came to a gateway in time`);
        continue;
      }
      const share = (100 * r.events) / (perSecond * SECONDS);
      console.log(
        `${String(perSecond).padStart(6)} events/s sent: ${share.toFixed(1)} % at a gateway in time, ${Math.round(r.events / r.seconds)}/s; append to gateway p50 ${r.p50.toFixed(1)} ms, p99 ${r.p99.toFixed(1)} ms; ${r.orders} orders`,
      );
    }
    console.log(`       processor seconds: ${reports.map((r) => `${r.role} ${r.cpuSeconds.toFixed(1)}`).join(", ")}`);
    await Promise.all(all.map((one) => one.ended));
  } finally {
    await sweep(namespace, redis);
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A tape of 2,000 tickers through Redis, the core, Redis, the bridge and NATS to two gateways, each in a process of its own. */
export const run = async (): Promise<void> => {
  const redis = new Redis(REDIS, { lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await redis.connect();
  } catch {
    console.log(`flow: skipped, no server answers at ${REDIS}`);
    return;
  }
  for (const load of LOADS) await measure(load, redis);
  redis.disconnect();
};
