import type { EventOf, TapeEvent } from "../../streams/domain/event.ts";
import type { Bar } from "../../streams/domain/market.ts";
import type { OrderKind } from "../../streams/domain/order.ts";
import { signOf } from "../../streams/domain/order.ts";
import type { Trade } from "../../streams/domain/portfolio.ts";
import type { Costs } from "../../streams/domain/run.ts";
import { type Money, notional, type OrderId, SCALE, toFloat } from "../../streams/domain/units.ts";
import type { Series } from "../../streams/metrics/series.ts";
import {
  adopt,
  applyDividend,
  applyFill,
  applySplit,
  equity,
  type Ledger,
  mark,
  openLedger,
} from "../../streams/portfolio/ledger.ts";

/** Marks of the account: columns that grow, without an object each. */
class Marks {
  at = new Float64Array(1024);
  /** µUSD. */
  equity = new Float64Array(1024);
  cash = new Float64Array(1024);
  length = 0;

  push(at: number, equityNow: number, cashNow: number): void {
    if (this.length === this.at.length) {
      this.at = enlarged(this.at);
      this.equity = enlarged(this.equity);
      this.cash = enlarged(this.cash);
    }
    this.at[this.length] = at;
    this.equity[this.length] = equityNow;
    this.cash[this.length] = cashNow;
    this.length += 1;
  }
}
const enlarged = (a: Float64Array): Float64Array<ArrayBuffer> => {
  const bigger = new Float64Array(a.length * 2);
  bigger.set(a);
  return bigger;
};

const NO_MARKS: readonly Mark[] = [];
/** Epoch ms, equity and cash in µUSD. */
export type Mark = readonly [at: number, equity: number, cash: number];

/**
 * Keeps the books of a run from its events alone, beside the portfolio actor and without asking it: a second opinion.
 * One mark of the equity at each moment that has a bar: after the last bar of that moment.
 */
export class Collector {
  ledger: Ledger;
  readonly trades: Trade[] = [];
  bars = 0;
  barsInMarket = 0;
  fills = 0;
  slippageUsd = 0;
  /** Views and orders that could not be taken: the first of each strategy, ticker and field, and how many there were. */
  readonly refused = new Map<string, { readonly event: EventOf<"intent.refused">; readonly times: number }>();
  private readonly marks = new Marks();
  private markAt = 0;
  /** Bars of `markAt` were seen and their mark is still to be taken. */
  private open = false;
  private readonly costs: Costs;
  /** Kinds of the orders that may slip, while they are open. */
  private readonly kinds = new Map<OrderId, OrderKind>();

  constructor(cash: Money, costs: Costs) {
    this.ledger = openLedger(cash);
    this.costs = costs;
  }

  /** A bar that passed the door. */
  bar(bar: Bar): void {
    if (bar.tSeen !== this.markAt) this.take();
    this.markAt = bar.tSeen;
    this.open = true;
    mark(this.ledger, bar.ticker, bar.close);
    this.bars += 1;
    if (this.ledger.openCount > 0) this.barsInMarket += 1;
  }

  /** Any other event. */
  note(event: TapeEvent): void {
    switch (event.type) {
      case "order.submitted":
        if (this.costs.slippage > 0) this.kinds.set(event.order.id, event.order.kind);
        return;
      case "intent.refused":
        if (event.malformed) this.refuse(event);
        return;
      case "order.filled":
        this.take(); // the mark of the bars before: what filled since is of the next bar
        this.fills += 1;
        if (this.costs.slippage > 0) this.noteSlippage(event.orderId, toFloat(notional(event.px, event.qty)), signOf(event.side));
        for (const trade of applyFill(this.ledger, event)) this.trades.push(trade);
        return;
      case "account.opened":
        this.ledger = openLedger(event.cash);
        return;
      case "account.adopted":
        adopt(this.ledger, event);
        return;
      case "account.split":
        this.take();
        applySplit(this.ledger, event);
        return;
      case "account.dividend":
        this.take();
        applyDividend(this.ledger, event);
        return;
      default:
        return;
    }
  }

  private refuse(event: EventOf<"intent.refused">): void {
    const key = `${event.strategy} ${event.ticker} ${event.field}`;
    const before = this.refused.get(key);
    this.refused.set(key, before === undefined ? { event, times: 1 } : { ...before, times: before.times + 1 });
  }

  /** Equity in USD at each mark, the latest included. */
  equity(): Series {
    this.take();
    return {
      ts: this.marks.at.subarray(0, this.marks.length),
      value: this.marks.equity.subarray(0, this.marks.length).map((m) => m / SCALE),
    };
  }

  /** The marks after the first `count`, the latest included. */
  marksSince(count: number): readonly Mark[] {
    this.take();
    const { at, equity: worth, cash, length } = this.marks;
    if (length === count) return NO_MARKS;
    const since: Mark[] = [];
    for (let i = count; i < length; i++) since.push([at[i] as number, worth[i] as number, cash[i] as number]);
    return since;
  }

  private take(): void {
    if (!this.open) return;
    this.marks.push(this.markAt, equity(this.ledger), this.ledger.cash);
    this.open = false;
  }

  private noteSlippage(id: OrderId, value: number, sign: 1 | -1): void {
    const kind = this.kinds.get(id) ?? (id.endsWith(".sl") ? "stop" : "limit");
    this.kinds.delete(id);
    if (kind !== "limit") this.slippageUsd += (value * this.costs.slippage) / (1 + sign * this.costs.slippage);
  }
}
