import type { TradeClosed } from "../../streams/domain/portfolio.ts";
import { toDecimal, toFloat } from "../../streams/domain/units.ts";
import type { TradeItem } from "../contract/items.ts";
import { type Recent, recent } from "./recent.ts";

export interface ClosedTrade {
  readonly event: TradeClosed;
  readonly by: string;
}

const toItem = ({ event, by }: ClosedTrade): TradeItem => {
  const t = event.trade;
  const cost = Math.abs(toFloat(t.entryPx) * toFloat(t.shares));
  return {
    seq: event.seq,
    ticker: t.ticker,
    shares: toDecimal(t.shares),
    entryPx: toDecimal(t.entryPx),
    exitPx: toDecimal(t.exitPx),
    entryAt: t.entryAt,
    exitAt: t.exitAt,
    pnl: toDecimal(t.pnl),
    gain: cost === 0 ? 0 : toFloat(t.pnl) / cost,
    commission: toDecimal(t.commission),
    entryOrder: t.entryOrder,
    exitOrder: t.exitOrder,
    exitFill: t.exitFill,
    book: t.book,
    by,
  };
};

/** The last 500 closed trades. */
export const trades = (): Recent<ClosedTrade> => recent(500, (t) => String(t.event.seq), toItem);
