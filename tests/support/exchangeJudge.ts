import { expect } from "vitest";
import { bookOf, entryOf } from "../../streams/domain/books.ts";
import type { BrokerReply, EventOf } from "../../streams/domain/event.ts";
import type { Bar } from "../../streams/domain/market.ts";
import { type Order, signOf } from "../../streams/domain/order.ts";
import { SCALE, type Ticker, toPx } from "../../streams/domain/units.ts";
import { legsOf } from "../../streams/execution/legs.ts";

type Filled = EventOf<"order.filled">;

/** Amounts are rounded to whole µUSD, a few of them in one fill. */
const ROUNDING = 4;

export interface JudgeOptions {
  readonly cash: number;
  readonly books: readonly string[];
  readonly slippage: number;
  readonly leverage: number;
  readonly volumeShare: number;
}

/** Keeps an account of its own by the replies of an exchange, and says of each whether a market could have given it. */
export class ExchangeJudge {
  readonly sent: Order[] = [];
  readonly ended = new Set<string>();
  fills = 0;
  private readonly options: JudgeOptions;
  private readonly held = new Map<string, number>();
  private readonly marks = new Map<Ticker, number>();
  private readonly halted = new Set<Ticker>();
  private bars: readonly Bar[] = [];
  private working = new Map<string, Order>();
  private cash: number;

  constructor(options: JudgeOptions) {
    this.options = options;
    this.cash = options.cash;
  }

  halt(t: Ticker, halted: boolean): void {
    if (halted) this.halted.add(t);
    else this.halted.delete(t);
  }

  /** The bars that the next replies are of. */
  begin(bars: readonly Bar[], working: readonly Order[]): void {
    this.bars = bars;
    this.working = new Map(working.map((o) => [o.id, o]));
    for (const b of bars) this.marks.set(b.ticker, toPx(b.open));
  }

  end(): void {
    for (const b of this.bars) this.marks.set(b.ticker, toPx(b.close));
    this.bars = [];
  }

  heldOf(t: Ticker): number {
    return this.options.books.reduce((sum, book) => sum + this.heldBy(book, t), 0);
  }

  hear(replies: readonly BrokerReply[]): void {
    const volume = new Map<Ticker, number>();
    for (const [i, r] of replies.entries()) {
      expect(this.sent.some((o) => o.id === entryOf(r.orderId))).toBe(true);
      expect(this.ended.has(r.orderId)).toBe(false);
      expect(r.tSeen).toBeGreaterThanOrEqual(replies[i - 1]?.tSeen ?? 0);
      if (r.type === "order.filled") {
        this.judge(r);
        volume.set(r.ticker, (volume.get(r.ticker) ?? 0) + r.qty);
        if (r.leaves === 0) this.ended.add(r.orderId);
      } else if (r.type !== "order.accepted" && r.type !== "order.replaced") this.ended.add(r.orderId);
    }
    for (const b of this.bars)
      if (b.volume > 0)
        expect(volume.get(b.ticker) ?? 0).toBeLessThanOrEqual(Math.floor(this.options.volumeShare * b.volume) * SCALE);
  }

  private judge(f: Filled): void {
    const bar = this.bars.find((b) => b.ticker === f.ticker);
    if (!bar) throw new Error(`${f.orderId} filled without a bar`);
    const order = this.orderOf(f);
    this.fills += 1;
    expect(this.halted.has(f.ticker)).toBe(false);
    expect(f.qty).toBeGreaterThan(0);
    expect(f.px).toBeGreaterThanOrEqual(toPx(bar.low * (1 - this.options.slippage)));
    expect(f.px).toBeLessThanOrEqual(toPx(bar.high * (1 + this.options.slippage)));
    const sign = signOf(f.side);
    if (order.kind === "limit" && order.limitPx !== null) expect(sign * f.px).toBeLessThanOrEqual(sign * order.limitPx);
    this.judgeSize(f, order);
  }

  private judgeSize(f: Filled, order: Order): void {
    const book = bookOf(f.orderId, f.ticker);
    const sign = signOf(f.side);
    const [mine, all] = [this.heldBy(book, f.ticker), this.heldOf(f.ticker)];
    this.held.set(`${book} ${f.ticker}`, mine + sign * f.qty);
    this.cash -= (sign * f.px * f.qty) / SCALE + f.commission;
    this.marks.set(f.ticker, f.px);
    const grows = (held: number): boolean => Math.abs(held + sign * f.qty) > Math.abs(held);
    if (order.reduceOnly) {
      expect(Math.sign(mine)).toBe(-sign);
      expect(f.qty).toBeLessThanOrEqual(Math.abs(mine));
    } else if (grows(mine) && grows(all)) expect(this.power()).toBeGreaterThanOrEqual(-ROUNDING);
  }

  /** The order as it worked when the bar began; of a leg born in the bar, as its entry's bracket says. */
  private orderOf(f: Filled): Order {
    const found = this.working.get(f.orderId);
    if (found) return found;
    const entry = this.working.get(entryOf(f.orderId));
    const leg = entry && legsOf(entry, f.qty).find((o) => o.id === f.orderId);
    if (!leg) throw new Error(`${f.orderId} filled and did not work`);
    return leg;
  }

  private heldBy(book: string, t: Ticker): number {
    return this.held.get(`${book} ${t}`) ?? 0;
  }

  /** leverage × equity − gross, µUSD. */
  private power(): number {
    let [equity, gross] = [this.cash, 0];
    for (const [t, mark] of this.marks) {
      const value = (this.heldOf(t) * mark) / SCALE;
      equity += value;
      gross += Math.abs(value);
    }
    return this.options.leverage * equity - gross;
  }
}
