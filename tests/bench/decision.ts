import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Broker } from "../../actors/ports/broker.ts";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { machineTiming } from "../../runtime/adapters/system/timing.ts";
import { createTape } from "../../runtime/adapters/tape/writer.ts";
import { LiveRun } from "../../runtime/live/liveRun.ts";
import { Loop } from "../../runtime/live/loop.ts";
import { setUp } from "../../runtime/runSetup.ts";
import { bar } from "../../streams/domain/market.ts";
import { fill, orderAccepted } from "../../streams/domain/order.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { money, ms, qty, seq, type Ticker, ticker, toPx } from "../../streams/domain/units.ts";
import { Random } from "../../streams/market/random.ts";
import { builtinScorer } from "../../streams/news/score.ts";

const TICKERS = 200;
const PER_SECOND = 10_000;
const SECONDS = 8;
const WARM_UP_SECONDS = 2;
const REQUIRED_MS = 1;

const nameOf = (i: number): Ticker => ticker(String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26)));

/**
 * The market, in a thread of its own: what makes the prices must not make garbage in the process that decides on them. Each message holds the
 * numbers of the prices that are due since the one before, and when it was sent: that is when they arrive.
 */
const MARKET = `
import { parentPort, workerData } from "node:worker_threads";
const { perSecond, seconds } = workerData;
const cell = new Int32Array(new SharedArrayBuffer(4));
const began = performance.timeOrigin + performance.now();
let n = 0;
for (const last = perSecond * seconds; n < last; ) {
  const due = Math.min(last, Math.floor(((performance.timeOrigin + performance.now() - began) / 1000) * perSecond));
  if (due > n) {
    parentPort.postMessage([n, due, performance.timeOrigin + performance.now()]);
    n = due;
  }
  Atomics.wait(cell, 0, 0, 0.05);
}
`;

/** When each price came, and how long until all that it led to was on the tape. Makes no garbage of its own. */
class Waits {
  readonly #arrived = new Float64Array(PER_SECOND * (SECONDS + WARM_UP_SECONDS + 1));
  readonly #bars = new Float64Array(PER_SECOND * (SECONDS + 1));
  readonly #orders = new Float64Array(PER_SECOND * (SECONDS + 1));
  #barCount = 0;
  #orderCount = 0;

  came(n: number, at: number): void {
    this.#arrived[n] = at;
  }
  bar(n: number, at: number): void {
    this.#bars[this.#barCount++] = at - (this.#arrived[n] as number);
  }
  /** @param n price of its ticker that came last */
  order(n: number, at: number): void {
    this.#orders[this.#orderCount++] = at - (this.#arrived[n] as number);
  }
  get bars(): Float64Array {
    return this.#bars.subarray(0, this.#barCount);
  }
  get orders(): Float64Array {
    return this.#orders.subarray(0, this.#orderCount);
  }
}

/** A broker outside that takes and fills every order at once, at one price: what is measured is the way to it. */
const promptBroker = (): Broker => {
  let hear: Parameters<Broker["open"]>[0] = () => {};
  let fills = 0;
  return {
    name: "prompt",
    open: (h) => {
      hear = h;
    },
    send: async (request) => {
      if (request.do !== "submit") return;
      const { order, tSeen } = request.intent;
      hear(orderAccepted(order.ticker, order.id, "b", tSeen, seq(0)));
      const px = toPx(100);
      const { ticker, id, side, qty } = order;
      const fillId = `f${++fills}`;
      hear(
        fill({
          ticker,
          orderId: id,
          fillId,
          side,
          qty,
          px,
          commission: money(0),
          leaves: NONE,
          tEvent: tSeen,
          tSeen,
          cause: seq(0),
        }),
      );
    },
    close: async () => {},
  };
};
const NONE = qty(0);

const quantiles = (samples: Float64Array): string => {
  const sorted = samples.slice().sort();
  const at = (q: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN).toFixed(3);
  return `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms of ${sorted.length.toLocaleString("en-US")}`;
};

/** One process, a tape on disk: how long from the arrival of a price until what it led to is decided and on the tape. */
const measure = async (broker: Broker | null): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-decision-"));
  const setup = await setUp(RunConfig.parse({ cash: "10000000" }));
  const market = Date.parse("2025-02-03T15:00:00Z");
  const waits = new Waits();
  const latest = new Map<string, number>();
  const syncs = new Float64Array(PER_SECOND * (SECONDS + 1));
  let synced = 0;
  let clock = market;
  let counting = false;
  const live = new LiveRun({
    setup,
    runId: "bench",
    ports: {
      broker,
      scorer: { answers: "again", scorer: builtinScorer() },
      fallback: builtinScorer(),
      timing: machineTiming,
    },
    failed: (error) => console.error(error),
    synced: (us) => {
      if (counting) syncs[synced++] = us / 1_000;
    },
    digest: sha256,
    journal: createTape(join(folder, "run.tape"), { kind: "run", source: "bench", run: "bench" }),
    audience: {
      events: (events) => {
        const at = performance.now();
        for (const e of events) {
          if (e.type === "market.bar") {
            latest.set(e.ticker, e.tEvent - market);
            if (counting) waits.bar(e.tEvent - market, at);
          } else if (counting && e.type === "order.submitted") waits.order(latest.get(e.ticker) ?? 0, at);
        }
      },
      equity: () => {},
      lifecycle: () => {},
    },
    stopwatch: () => performance.now() * 1_000,
    escalated: (path, error) => console.error(`${path}: ${error}`),
  });
  const loop = new Loop({ run: live, pacer: null, wall: () => clock, ended: () => {} });
  await live.open(
    () => loop.marketNow(),
    () => loop.wake(),
  );
  const running = loop.run();

  const chance = new Random(7, "decision");
  const prices = Array.from({ length: TICKERS }, () => 50 + chance.next() * 100);
  const names = Array.from({ length: TICKERS }, (_, i) => nameOf(i));
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(MARKET)}`), {
    workerData: { perSecond: PER_SECOND, seconds: SECONDS + WARM_UP_SECONDS },
  });
  thread.on("message", ([from, to, sentAt]: readonly [number, number, number]) => {
    for (let n = from; n < to; n++) {
      const i = n % TICKERS;
      const open = prices[i] as number;
      const close = Math.max(1, open * (1 + (chance.next() - 0.5) * 0.01));
      prices[i] = close;
      waits.came(n, sentAt - performance.timeOrigin);
      clock = market + n;
      const [high, low] = [Math.max(open, close), Math.min(open, close)];
      live.ingress.push(bar(names[i] as Ticker, ms(clock), ms(clock), open, high, low, close, 100, 1));
    }
  });
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_SECONDS * 1_000));
  counting = true;
  await new Promise((resolve) => thread.once("exit", resolve));
  loop.stop();
  await running;
  rmSync(folder, { recursive: true, force: true });
  console.log(
    `one process, ${broker === null ? "simulated exchange" : "a broker outside"}, ${TICKERS} tickers, three strategies, ${PER_SECOND.toLocaleString("en-US")} prices/s, tape on disk; required: p99 under ${REQUIRED_MS} ms`,
  );
  console.log(`  arrival to decided and taped   ${quantiles(waits.bars)}`);
  console.log(`  arrival to intent on the tape  ${quantiles(waits.orders)}`);
  if (broker !== null) console.log(`  the disk, before it is sent    ${quantiles(syncs.subarray(0, synced))}`);
};

export const run = async (): Promise<void> => {
  await measure(null);
  await measure(promptBroker());
};
