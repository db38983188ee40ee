import type { BacktestResult } from "../../runtime/replay/backtest.ts";
import { type Ms, SCALE, toFloat } from "../../streams/domain/units.ts";
import { newYorkDate } from "../../streams/market/calendar.ts";
import type { Case } from "./case.ts";

const PRICE = 1e-6;
const CENT = 0.01;
const FRACTION = 1e-6;

/** What differs, in words; empty when nothing does. */
export const differences = (c: Case, got: BacktestResult): readonly string[] => {
  const found: string[] = [];
  const near = (what: string, is: number | null, want: number, tolerance: number): void => {
    if (is === null || !(Math.abs(is - want) <= tolerance)) found.push(`${what} is ${is}, not ${want}`);
  };
  const same = (what: string, is: string | number, want: string | number): void => {
    if (is !== want) found.push(`${what} is ${is}, not ${want}`);
  };
  const { stats } = got;
  same("number of trades", got.trades.length, c.trades.length);
  c.trades.forEach((want, i) => {
    const trade = got.trades[i];
    if (!trade) return;
    const which = `trade ${i + 1}`;
    same(`${which} entry`, newYorkDate(trade.entryAt as Ms), want.entry);
    same(`${which} exit`, newYorkDate(trade.exitAt as Ms), want.exit);
    same(`${which} size`, toFloat(trade.shares), want.size);
    near(`${which} entry price`, toFloat(trade.entryPx), want.entry_price, PRICE);
    near(`${which} exit price`, toFloat(trade.exitPx), want.exit_price, PRICE);
    near(`${which} pnl`, toFloat(trade.pnl), want.pnl, CENT);
  });
  near("final equity", stats.equity_final, c.expect.equity_final, CENT);
  near("total return", stats.total_return, c.expect.total_return, FRACTION);
  near("max drawdown", stats.max_drawdown, c.expect.max_drawdown, FRACTION);
  near("win rate", stats.win_rate, c.expect.win_rate, FRACTION);
  const ofClosed = got.trades.reduce((sum, t) => sum + t.commission, 0) / SCALE; // the other engine counts closed trades only
  near("commissions", ofClosed, c.expect.commissions, CENT);
  for (const [i, want] of c.expect.equity_every_50_bars.entries())
    near(`equity at bar ${i * 50}`, got.equity.value[i * 50] ?? null, want, CENT);
  return found;
};
