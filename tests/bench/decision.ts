import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { machineTiming } from "../../runtime/adapters/system/timing.ts";
import { createTape } from "../../runtime/adapters/tape/writer.ts";
import { LiveRun } from "../../runtime/live/liveRun.ts";
import { Loop } from "../../runtime/live/loop.ts";
import { Pacer } from "../../runtime/live/pacer.ts";
import type { Source } from "../../runtime/live/source.ts";
import { setUp } from "../../runtime/runSetup.ts";
import type { InputEvent } from "../../streams/domain/event.ts";
import { bar } from "../../streams/domain/market.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { ms, type Ticker, ticker } from "../../streams/domain/units.ts";
import { Random } from "../../streams/market/random.ts";
import { builtinScorer } from "../../streams/news/score.ts";

const TICKERS = 200;
const PER_SECOND = 10_000;
const SECONDS = 8;
const WARM_UP_SECONDS = 2;
const REQUIRED_MS = 1;

const nameOf = (i: number): Ticker => ticker(String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26)));

/** A source that somebody else fills, as a live feed does. */
class Arrivals implements Source {
  readonly kind = "generated";
  readonly playable = true;
  readonly name = "arrivals";
  readonly from = null;
  readonly to = null;
  readonly historyUntil = 0;
  ended = false;
  readonly #waiting: (readonly InputEvent[])[] = [];
  push(moment: readonly InputEvent[]): void {
    this.#waiting.push(moment);
  }
  next(): readonly InputEvent[] | null {
    return this.#waiting.shift() ?? null;
  }
  seek(): void {}
}

/** When each price came, and how long until all that it led to was on the tape. Makes no garbage of its own. */
class Waits {
  readonly #market: number;
  readonly #arrived = new Float64Array(PER_SECOND * (SECONDS + WARM_UP_SECONDS + 1));
  readonly #bars = new Float64Array(PER_SECOND * (SECONDS + 1));
  readonly #orders = new Float64Array(PER_SECOND * (SECONDS + 1));
  #barCount = 0;
  #orderCount = 0;

  /** @param market `tSeen` of the first price; each is one ms later than the one before */
  constructor(market: number) {
    this.#market = market;
  }
  came(n: number, at: number): void {
    this.#arrived[n] = at;
  }
  sealed(tSeen: number, isOrder: boolean, at: number): void {
    const waited = at - (this.#arrived[tSeen - this.#market] as number);
    if (isOrder) this.#orders[this.#orderCount++] = waited;
    else this.#bars[this.#barCount++] = waited;
  }
  get bars(): Float64Array {
    return this.#bars.subarray(0, this.#barCount);
  }
  get orders(): Float64Array {
    return this.#orders.subarray(0, this.#orderCount);
  }
}

const quantiles = (samples: Float64Array): string => {
  const sorted = samples.slice().sort();
  const at = (q: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN).toFixed(3);
  return `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms of ${sorted.length.toLocaleString("en-US")}`;
};

/** One process, a tape on disk: how long from the arrival of a price until what it led to is decided and on the tape. */
export const run = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-decision-"));
  const setup = await setUp(RunConfig.parse({ cash: "10000000" }));
  const market = Date.parse("2025-02-03T15:00:00Z");
  const waits = new Waits(market);
  let counting = false;
  const live = new LiveRun({
    setup,
    runId: "bench",
    ports: {
      broker: null,
      scorer: { answers: "again", scorer: builtinScorer() },
      fallback: builtinScorer(),
      timing: machineTiming,
    },
    failed: (error) => console.error(error),
    digest: sha256,
    journal: createTape(join(folder, "run.tape"), { kind: "run", source: "bench", run: "bench" }),
    audience: {
      events: (events) => {
        const at = performance.now();
        if (counting)
          for (const e of events)
            if (e.type === "market.bar" || e.type === "order.submitted") waits.sealed(e.tSeen, e.type === "order.submitted", at);
      },
      equity: () => {},
      lifecycle: () => {},
    },
    stopwatch: () => performance.now() * 1_000,
    escalated: (path, error) => console.error(`${path}: ${error}`),
  });
  const source = new Arrivals();
  const wall = (): number => Date.now();
  const loop = new Loop({ run: live, pacer: new Pacer(source, "max", wall()), wall, ended: () => {} });
  const running = loop.run();

  const chance = new Random(7, "decision");
  const prices = Array.from({ length: TICKERS }, () => 50 + chance.next() * 100);
  let n = 0;
  const began = performance.now();
  let isFeeding = true;
  // As a socket does: whatever has come since the last turn of the event loop. A timer would bring ten at a time.
  const feed = (): void => {
    const due = Math.floor(((performance.now() - began) / 1_000) * PER_SECOND);
    if (n < due) {
      for (; n < due; n++) {
        const i = n % TICKERS;
        const open = prices[i] as number;
        const close = Math.max(1, open * (1 + (chance.next() - 0.5) * 0.01));
        prices[i] = close;
        const [high, low] = [Math.max(open, close), Math.min(open, close)];
        waits.came(n, began + (n / PER_SECOND) * 1_000);
        source.push([bar(nameOf(i), ms(market + n - 1), ms(market + n), open, high, low, close, 100, 1)]);
      }
      loop.wake();
    }
    if (isFeeding) setImmediate(feed);
  };
  feed();
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_SECONDS * 1_000));
  counting = true;
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  isFeeding = false;
  loop.stop();
  await running;
  rmSync(folder, { recursive: true, force: true });
  console.log(
    `one process, ${TICKERS} tickers, three strategies, ${PER_SECOND.toLocaleString("en-US")} prices/s, tape on disk; required: p99 under ${REQUIRED_MS} ms`,
  );
  console.log(`  arrival to decided and taped   ${quantiles(waits.bars)}`);
  console.log(`  arrival to order sent          ${quantiles(waits.orders)}`);
};
