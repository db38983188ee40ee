import { createRequire } from "node:module";
import { sha256 } from "../../runtime/adapters/system/digest.ts";
import { tradingCore } from "../../runtime/core/tradingCore.ts";
import { simulated } from "../../runtime/core/venue.ts";
import { deckTree } from "../../runtime/tree.ts";
import { bar } from "../../streams/domain/market.ts";
import { RunConfig } from "../../streams/domain/run.ts";
import { ms, ticker } from "../../streams/domain/units.ts";
import { Random } from "../../streams/market/random.ts";
import { builtinScorer } from "../../streams/news/score.ts";
import { bindAll } from "../../streams/strategies/registry.ts";

const BARS = 1_000_000;
const BATCH = 1_000;
/** Periods of the averages: the shorter, the more often the strategy trades, and a trade costs as much as some thirty bars. */
const PERIODS = [
  { fast: 20, slow: 50 },
  { fast: 50, slow: 200 },
] as const;
type Periods = (typeof PERIODS)[number];
const MINUTE_MS = 60_000;
const ROUNDS = 5;

interface Columns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** A random walk that is drawn back to 100, in cents. The same for everybody. */
const walk = (n: number): Columns => {
  const chance = new Random(7, "bench");
  const make = () => new Float64Array(n);
  const columns = { open: make(), high: make(), low: make(), close: make() };
  let price = 100;
  for (let i = 0; i < n; i++) {
    const open = price;
    price = Math.max(5, Math.round((price + (chance.next() - 0.5) * 0.6 + (100 - price) * 0.0005) * 100) / 100);
    columns.open[i] = open;
    columns.high[i] = Math.max(open, price) + 0.05;
    columns.low[i] = Math.min(open, price) - 0.05;
    columns.close[i] = price;
  }
  return columns;
};

const perSecond = (seconds: number): string => `${(BARS / seconds / 1e6).toFixed(2)} M bars/s`;
const timed = (work: () => void): number => {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
};
const best = (work: () => void): number => Math.min(...Array.from({ length: ROUNDS }, () => timed(work)));

/** Door, ticker, strategy, ensemble, portfolio, risk, executor, exchange, ledger, books, hash: everything that a backtest is. */
const production = (c: Columns, { fast, slow }: Periods): { readonly fills: number; readonly events: number } => {
  const config = RunConfig.parse({
    strategies: [{ name: "sma_cross", params: { fast, slow } }],
    sizing: { by: "shares", shares: 100 },
    cash: "1000000",
  });
  const core = tradingCore({
    ...simulated(config, builtinScorer()),
    config,
    tree: deckTree(config, "bench", bindAll(config.strategies)),
    digest: sha256,
  });
  const symbol = ticker("AAPL");
  const start = 1_577_975_400_000;
  const batch: ReturnType<typeof bar>[] = [];
  for (let i = 0; i < BARS; ) {
    batch.length = 0;
    for (const end = i + BATCH; i < end; i++) {
      const at = start + i * MINUTE_MS;
      batch.push(
        bar(
          symbol,
          ms(at),
          ms(at + MINUTE_MS),
          c.open[i] as number,
          c.high[i] as number,
          c.low[i] as number,
          c.close[i] as number,
          1000,
          MINUTE_MS,
        ),
      );
    }
    core.feed(batch);
  }
  return { fills: core.collector.fills, events: core.door.tail };
};

/** The same trades with nothing around them: running sums, a position, a cash number. */
const bare = (c: Columns, p: Periods): number => {
  let fast = 0;
  let slow = 0;
  let held = 0;
  let wanted = 0;
  let cash = 1_000_000;
  let before = 0;
  for (let i = 0; i < BARS; i++) {
    const open = c.open[i] as number;
    if (wanted !== held) {
      cash -= (wanted - held) * open;
      held = wanted;
    }
    const close = c.close[i] as number;
    fast += close - (i >= p.fast ? (c.close[i - p.fast] as number) : 0);
    slow += close - (i >= p.slow ? (c.close[i - p.slow] as number) : 0);
    if (i < p.slow - 1) continue;
    const now = Math.sign(fast / p.fast - slow / p.slow);
    if (before < 0 && now > 0) wanted = 100;
    else if (before > 0 && now < 0) wanted = -100;
    before = now;
  }
  return cash;
};

interface Grademark {
  backtest(strategy: object, series: object): readonly unknown[];
}
interface DataForge {
  DataFrame: new (options: { readonly values: readonly object[] }) => object;
}

/** The npm package grademark on the same bars; its averages are computed beforehand, outside the clock. */
const grademark = (c: Columns, p: Periods): { readonly seconds: number; readonly trades: number } => {
  const require = createRequire(import.meta.url);
  const { backtest } = require("grademark") as Grademark;
  const { DataFrame } = createRequire(require.resolve("grademark"))("data-forge") as DataForge;
  let fast = 0;
  let slow = 0;
  let before = 0;
  const values = Array.from({ length: BARS }, (_, i) => {
    const close = c.close[i] as number;
    fast += close - (i >= p.fast ? (c.close[i - p.fast] as number) : 0);
    slow += close - (i >= p.slow ? (c.close[i - p.slow] as number) : 0);
    const now = i < p.slow - 1 ? 0 : Math.sign(fast / p.fast - slow / p.slow);
    const cross = before < 0 && now > 0 ? 1 : before > 0 && now < 0 ? -1 : 0;
    if (now !== 0) before = now;
    return {
      time: new Date(1_577_975_400_000 + i * MINUTE_MS),
      open: c.open[i],
      high: c.high[i],
      low: c.low[i],
      close,
      volume: 1000,
      cross,
    };
  });
  const series = new DataFrame({ values });
  let trades = 0;
  const strategy = {
    entryRule: (enter: () => void, { bar: b }: { bar: { cross: number } }) => {
      if (b.cross === 1) enter();
    },
    exitRule: (exit: () => void, { bar: b }: { bar: { cross: number } }) => {
      if (b.cross === -1) exit();
    },
  };
  const seconds = timed(() => {
    trades = backtest(strategy, series).length;
  });
  return { seconds, trades };
};

interface Ours {
  readonly bareSeconds: number;
  readonly pathSeconds: number;
  readonly cash: number;
  readonly fills: number;
  readonly events: number;
}

const ours = (columns: Columns, p: Periods): Ours => {
  let cash = 0;
  const bareSeconds = best(() => {
    cash = bare(columns, p);
  });
  let done = { fills: 0, events: 0 };
  const pathSeconds = best(() => {
    done = production(columns, p);
  });
  return { bareSeconds, pathSeconds, cash, ...done };
};

/**
 * `sma_cross` over one symbol and a million minute bars, on one core, beside a bare loop and beside grademark, which comes last:
 * what it leaves in memory would slow down who comes after it.
 */
export const run = (): void => {
  const columns = walk(BARS);
  const results = PERIODS.map((p) => ours(columns, p));
  const peak = process.resourceUsage().maxRSS / 1e3;
  console.log(
    `sma_cross, 1 symbol × ${BARS.toLocaleString("en-US")} bars, best of ${ROUNDS}; ${peak.toFixed(0)} MB at most before grademark`,
  );
  for (const [i, p] of PERIODS.entries()) {
    const r = results[i] as Ours;
    const other = grademark(columns, p);
    console.log(`periods ${p.fast} and ${p.slow}`);
    console.log(`  production path   ${perSecond(r.pathSeconds)}  ${r.fills} fills, ${r.events.toLocaleString("en-US")} events`);
    console.log(`  bare loop         ${perSecond(r.bareSeconds)}  over typed arrays, cash ${r.cash.toFixed(2)}`);
    console.log(`  grademark         ${perSecond(other.seconds)}  ${other.trades} long trades`);
    console.log(`  production ÷ grademark ${(other.seconds / r.pathSeconds).toFixed(2)}`);
  }
};
