import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { createTape } from "../../runtime/adapters/tape/writer.ts";
import { Deck } from "../../runtime/live/deck.ts";
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

/** When each ticker's newest bar came, and how long until all that it led to was on the tape. */
class Waits {
  readonly bars: number[] = [];
  readonly orders: number[] = [];
  readonly #arrived = new Map<number, number>();
  came(tSeen: number, at: number): void {
    this.#arrived.set(tSeen, at);
  }
  sealed(tSeen: number, isOrder: boolean, at: number): void {
    const arrived = this.#arrived.get(tSeen);
    if (arrived === undefined) return;
    (isOrder ? this.orders : this.bars).push(at - arrived);
  }
  forget(before: number): void {
    for (const tSeen of this.#arrived.keys()) {
      if (tSeen >= before) break;
      this.#arrived.delete(tSeen);
    }
  }
}

const quantiles = (samples: readonly number[]): string => {
  const sorted = Float64Array.from(samples).sort();
  const at = (q: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN).toFixed(3);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms of ${sorted.length.toLocaleString("en-US")}`;
};

/** One process, a tape on disk: how long from the arrival of a price until what it led to is decided and on the tape. */
export const run = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "tapedeck-decision-"));
  const setup = await setUp(RunConfig.parse({ cash: "10000000" }));
  const waits = new Waits();
  let counting = false;
  const deck = new Deck({
    setup,
    runId: "bench",
    scorer: builtinScorer(),
    digest: sha256(),
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
  const loop = new Loop(deck, new Pacer(source, "max", wall()), wall, () => {});
  const running = loop.run();

  const chance = new Random(7, "decision");
  const prices = Array.from({ length: TICKERS }, () => 50 + chance.next() * 100);
  const market = Date.parse("2025-02-03T15:00:00Z");
  let n = 0;
  const began = performance.now();
  const feeding = setInterval(() => {
    const now = performance.now();
    const due = Math.floor(((now - began) / 1_000) * PER_SECOND);
    for (; n < due; n++) {
      const i = n % TICKERS;
      const open = prices[i] as number;
      const close = Math.max(1, open * (1 + (chance.next() - 0.5) * 0.01));
      prices[i] = close;
      const tSeen = market + n;
      waits.came(tSeen, now);
      source.push([bar(nameOf(i), ms(tSeen - 1), ms(tSeen), open, Math.max(open, close), Math.min(open, close), close, 100, 1)]);
    }
    waits.forget(market + n - PER_SECOND);
    loop.wake();
  }, 1);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_SECONDS * 1_000));
  counting = true;
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  clearInterval(feeding);
  loop.stop();
  await running;
  rmSync(folder, { recursive: true, force: true });
  console.log(
    `one process, ${TICKERS} tickers, three strategies, ${PER_SECOND.toLocaleString("en-US")} prices/s, tape on disk; required: p99 under ${REQUIRED_MS} ms`,
  );
  console.log(`  arrival to decided and taped   ${quantiles(waits.bars)}`);
  console.log(`  arrival to order sent          ${quantiles(waits.orders)}`);
};
