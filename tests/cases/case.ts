import { z } from "zod";

/** One backtest of another engine: what went in, and what must come out. Sizes are signed, money in USD. */
export const Case = z.object({
  name: z.string(),
  engine: z.string(),
  /** CSV of daily bars, relative to the data folder. */
  data: z.string(),
  bars: z.int().positive(),
  strategy: z.string(),
  params: z.record(z.string(), z.union([z.number(), z.boolean()])),
  cash: z.number().positive(),
  commission: z.number().nonnegative(),
  expect: z.object({
    equity_final: z.number(),
    total_return: z.number(),
    max_drawdown: z.number(),
    trades: z.int(),
    win_rate: z.number(),
    commissions: z.number(),
    equity_every_50_bars: z.array(z.number()),
  }),
  trades: z.array(
    z.object({
      entry: z.string(),
      exit: z.string(),
      size: z.number(),
      entry_price: z.number(),
      exit_price: z.number(),
      pnl: z.number(),
    }),
  ),
});
export type Case = z.output<typeof Case>;
