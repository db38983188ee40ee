import { ms } from "../../streams/domain/units.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import type { Stats } from "../../streams/metrics/stats.ts";
import type { BacktestReport } from "../backtests/report.ts";
import type { ReadyBacktest } from "../backtests/runBacktest.ts";

const none = "n/a";
const number = (x: number | null, digits = 2): string =>
  x === null ? none : x.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const percent = (x: number | null): string => (x === null ? none : `${number(x * 100)} %`);
const date = (x: number | null): string => (x === null ? none : newYorkDate(ms(x)));

const rows = (s: Stats): readonly (readonly [string, string])[] => [
  ["Period", `${date(s.start)} to ${date(s.end)}, ${number(s.bars, 0)} bars`],
  ["Equity, USD", `${number(s.equity_start)} to ${number(s.equity_final)} (peak ${number(s.equity_peak)})`],
  ["Return", `${percent(s.total_return)} (a year ${percent(s.cagr)})`],
  ["Volatility a year", percent(s.volatility)],
  ["Sharpe · Sortino", `${number(s.sharpe)} · ${number(s.sortino)}`],
  ["Probability that Sharpe > 0", percent(s.psr)],
  ["Deepest drawdown", `${percent(s.max_drawdown)}, longest ${number(s.max_drawdown_days, 0)} days`],
  ["Trades", `${number(s.trades, 0)}, ${percent(s.win_rate)} won, profit factor ${number(s.profit_factor)}`],
  ["Average trade", `${percent(s.avg_trade)} in ${number(s.avg_trade_days, 1)} days`],
  ["Exposure · turnover", `${percent(s.exposure)} · ${number(s.turnover)}`],
  ["Commissions · slippage, USD", `${number(s.commissions)} · ${number(s.slippage)}`],
];

/** What tells apart those of one name is told with them. */
const strategyNames = ({ config, listed }: ReadyBacktest["setup"]): readonly string[] =>
  listed.flatMap(({ name, enabled, weight, params }, i) => {
    if (!enabled || weight === 0) return [];
    return [name === config.strategies[i]?.name ? name : `${name} ${JSON.stringify(params)}`];
  });

/** Which tape, which strategies. */
export const titleOf = ({ tape, setup }: Pick<ReadyBacktest, "tape" | "setup">): string =>
  `${tape}: ${strategyNames(setup).join(", ")}`;

/** The result for people, on stdout. */
export const printStats = (title: string, report: BacktestReport): void => {
  const { stats, throughput } = report;
  const table = rows(stats);
  const width = Math.max(...table.map(([name]) => name.length));
  console.log(`${title}\n`);
  for (const [name, value] of table) console.log(`  ${name.padEnd(width)}  ${value}`);
  console.log(
    `\nrun ${report.run.id} · decisions ${report.decisions_hash.slice(0, 16)} · ${number(throughput.bars_per_second, 0)} bars/s`,
  );
};
