/**
 * The rules of the peer engine, written again as one plain loop in floats, with nothing of ours in it: what the production path is held
 * against on bars that nobody recorded. Slow and simple on purpose. Shares are signed, prices USD.
 */
export interface NaiveBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export type NaivePlan =
  | { readonly name: "sma_cross"; readonly fast: number; readonly slow: number; readonly long_only: boolean }
  | {
      readonly name: "rsi_bracket";
      readonly n: number;
      readonly lo: number;
      readonly hi: number;
      readonly sl: number;
      readonly tp: number;
    }
  | { readonly name: "channel_breakout"; readonly n: number; readonly m: number }
  | { readonly name: "limit_pullback"; readonly x: number; readonly hold: number };

export interface NaiveRun {
  readonly cash: number;
  readonly commission: number;
  /** A number of shares, or a fraction of the cash at the fill. */
  readonly size: { readonly shares: number } | { readonly fraction: number };
  readonly plan: NaivePlan;
}

export interface NaiveTrade {
  readonly entryBar: number;
  readonly exitBar: number;
  readonly size: number;
  readonly entry: number;
  readonly exit: number;
  readonly pnl: number;
}
export interface NaiveResult {
  readonly trades: readonly NaiveTrade[];
  /** At each bar's close. */
  readonly equity: readonly number[];
  /** Smallest distance of any float comparison from a tie: below some 1e-9 the outcome is a matter of rounding. */
  readonly margin: number;
}

interface Held {
  readonly size: number;
  readonly price: number;
  readonly bar: number;
  readonly fee: number;
  readonly stop: number | null;
  readonly goal: number | null;
}
type Wish =
  | { readonly do: "close" }
  | { readonly do: "enter"; readonly side: 1 | -1; readonly stop: number | null; readonly goal: number | null }
  | { readonly do: "buyStop" | "sellStop" | "buyLimit"; readonly at: number };

/** Prices of orders are whole µUSD. */
const micro = (x: number): number => Math.round(x * 1e6) / 1e6;
const average = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** Wilder's RSI at the last of the closes, from the first close on, every time anew. */
const rsiOf = (closes: readonly number[], n: number): number | null => {
  if (closes.length <= n) return null;
  let up = 0;
  let down = 0;
  for (let i = 1; i < closes.length; i++) {
    const change = (closes[i] as number) - (closes[i - 1] as number);
    const gain = Math.max(change, 0);
    const loss = Math.max(-change, 0);
    if (i <= n) {
      up += gain / n;
      down += loss / n;
    } else {
      up = (up * (n - 1) + gain) / n;
      down = (down * (n - 1) + loss) / n;
    }
  }
  return up + down === 0 ? 50 : (100 * up) / (up + down);
};

export const naiveEngine = (bars: readonly NaiveBar[], run: NaiveRun): NaiveResult => {
  const { plan, commission } = run;
  let cash = run.cash;
  let held: Held | null = null;
  let orders: Wish[] = [];
  let margin = Number.POSITIVE_INFINITY;
  const trades: NaiveTrade[] = [];
  const equity: number[] = [];

  const below = (a: number, b: number): boolean => {
    if (a !== b) margin = Math.min(margin, Math.abs(a - b));
    return a < b;
  };
  const leave = (price: number, bar: number): void => {
    if (held === null) return;
    const fee = Math.abs(held.size) * price * commission;
    cash += held.size * price - fee;
    const pnl = held.size * (price - held.price) - held.fee - fee;
    trades.push({ entryBar: held.bar, exitBar: bar, size: held.size, entry: held.price, exit: price, pnl });
    held = null;
  };
  const enter = (side: 1 | -1, price: number, bar: number, stop: number | null, goal: number | null): void => {
    const exact = "shares" in run.size ? run.size.shares : (run.size.fraction * cash) / (price * (1 + commission));
    if (!("shares" in run.size)) margin = Math.min(margin, Math.abs(exact - Math.round(exact)));
    const size = side * Math.floor(exact);
    if (size === 0) return;
    const fee = Math.abs(size) * price * commission;
    cash -= size * price + fee;
    held = { size, price, bar, fee, stop, goal };
  };

  const protect = (bar: NaiveBar, i: number): void => {
    const now = held as Held | null;
    if (now === null) return;
    if (now.stop !== null && bar.low <= now.stop) leave(Math.min(bar.open, now.stop), i);
    else if (now.goal !== null && bar.high >= now.goal) leave(Math.max(bar.open, now.goal), i);
  };

  /** Works one bar: first what was waiting for the market's open, then what the bar reaches. */
  const work = (bar: NaiveBar, i: number): void => {
    const waiting = orders;
    orders = [];
    for (const o of waiting) {
      if (o.do === "close") leave(bar.open, i);
      else if (o.do === "enter") enter(o.side, bar.open, i, o.stop, o.goal);
      else if (o.do === "buyStop" && held === null && bar.high >= o.at) enter(1, Math.max(bar.open, o.at), i, null, null);
      else if (o.do === "sellStop" && held !== null && bar.low <= o.at) leave(Math.min(bar.open, o.at), i);
      else if (o.do === "buyLimit" && held === null && bar.low <= o.at) enter(1, Math.min(bar.open, o.at), i, null, null);
      else orders.push(o);
    }
    protect(bar, i);
  };

  const smaCross = (p: Extract<NaivePlan, { name: "sma_cross" }>, closes: readonly number[]): void => {
    if (closes.length < p.slow + 1) return;
    const before = closes.slice(0, -1);
    const [f2, s2] = [average(before.slice(-p.fast)), average(before.slice(-p.slow))];
    const [f1, s1] = [average(closes.slice(-p.fast)), average(closes.slice(-p.slow))];
    const tie = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9 * Math.abs(a); // sums of few cents: equal in decimals
    margin = Math.min(margin, tie(f1, s1) || tie(f2, s2) ? 0 : margin);
    const side = held === null ? 0 : Math.sign(held.size);
    if (f2 < s2 && f1 > s1 && side <= 0) orders.push({ do: "close" }, { do: "enter", side: 1, stop: null, goal: null });
    if (f2 > s2 && f1 < s1 && side >= 0) {
      if (held !== null) orders.push({ do: "close" });
      if (!p.long_only) orders.push({ do: "enter", side: -1, stop: null, goal: null });
    }
  };
  const rsiBracket = (p: Extract<NaivePlan, { name: "rsi_bracket" }>, closes: readonly number[], close: number): void => {
    const [before, now] = [rsiOf(closes.slice(0, -1), p.n), rsiOf(closes, p.n)];
    if (before === null || now === null) return;
    const fell = !below(before, p.lo) && below(now, p.lo);
    if (held === null && fell)
      orders.push({ do: "enter", side: 1, stop: micro(close * (1 - p.sl)), goal: micro(close * (1 + p.tp)) });
    else if (held !== null && below(p.hi, now)) orders.push({ do: "close" });
  };
  const channelBreakout = (p: Extract<NaivePlan, { name: "channel_breakout" }>, i: number): void => {
    if (i + 1 < Math.max(p.n, p.m)) return;
    orders = [];
    if (held === null) orders.push({ do: "buyStop", at: Math.max(...bars.slice(i + 1 - p.n, i + 1).map((b) => b.high)) });
    else orders.push({ do: "sellStop", at: Math.min(...bars.slice(i + 1 - p.m, i + 1).map((b) => b.low)) });
  };
  const limitPullback = (p: Extract<NaivePlan, { name: "limit_pullback" }>, i: number, close: number): void => {
    orders = [];
    if (held === null) orders.push({ do: "buyLimit", at: micro(close * (1 - p.x)) });
    else if (i - held.bar >= p.hold) orders.push({ do: "close" });
  };

  const closes: number[] = [];
  bars.forEach((bar, i) => {
    work(bar, i);
    closes.push(bar.close);
    equity.push(cash + ((held as Held | null)?.size ?? 0) * bar.close);
    if (i === 0) return; // decisions are made from the second bar on
    if (plan.name === "sma_cross") smaCross(plan, closes);
    else if (plan.name === "rsi_bracket") rsiBracket(plan, closes, bar.close);
    else if (plan.name === "channel_breakout") channelBreakout(plan, i);
    else limitPullback(plan, i, bar.close);
  });
  return { trades, equity, margin };
};
