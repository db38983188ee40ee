import type { TapeEvent } from "../../streams/domain/event.ts";
import { bar, halt, quote } from "../../streams/domain/market.ts";
import { newsRaw, newsScored } from "../../streams/domain/news.ts";
import { fill, type Order, orderAccepted, orderSubmitted } from "../../streams/domain/order.ts";
import { accountOpened, outcome, tradeClosed } from "../../streams/domain/portfolio.ts";
import { signal, target } from "../../streams/domain/signal.ts";
import { money, ms, orderId, qty, seq, type Ticker, ticker, toPx, toQty } from "../../streams/domain/units.ts";
import { verdict } from "../../streams/domain/verdict.ts";
import { applyFill, equity, type Ledger, mark, openLedger, sharesOf } from "../../streams/portfolio/ledger.ts";

const STRATEGIES = ["momentum", "meanReversion", "newsDriven"] as const;
const HEADLINES: readonly (readonly [string, number])[] = [
  ["raises its outlook for the year", 0.7],
  ["loses a large customer, two sources say", -0.6],
  ["opens a second plant ahead of plan", 0.5],
  ["faces a recall of its main product", -0.8],
  ["names a new head of finance", 0.05],
  ["wins a supply contract over five years", 0.6],
  ["delays its next model by a quarter", -0.4],
];
const BAR_MS = 60_000;
/** Tuesday, 2 June 2026, 9:30 in New York. */
const OPEN = 1_780_407_000_000;

/** A decision as it leaves the door: with its place, its time and its cause. */
type Stamped<T> = { -readonly [K in keyof T]: T[K] };

export interface FakeMarket {
  /** The account and first prices. */
  open(): TapeEvent[];
  /** One more minute: a bar of each ticker, now and then a headline, a signal and all that follows from it. */
  minute(): TapeEvent[];
}

/** Plausible events in tape order, the same for the same seed: prices walk, headlines come, signals become orders, fills and trades. */
export const fakeMarket = (
  names: readonly string[] = ["AAPL", "NVDA", "XOM", "JPM", "AMD", "KO", "MSFT", "BRK.B"],
  seed = 7,
): FakeMarket => {
  let state = seed;
  const chance = (): number => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const tickers = names.map((n) => ticker(n));
  const prices = new Map(tickers.map((t, i) => [t, 40 + 37 * i]));
  const book: Ledger = openLedger(money(100_000_000_000));
  let place = 0;
  let at = OPEN;
  let out: TapeEvent[] = [];
  const give = <T extends TapeEvent>(event: T, cause = 0): number => {
    place += 1;
    const e = event as Stamped<T>;
    e.seq = seq(place);
    e.cause = seq(cause);
    if (e.tSeen === 0) {
      e.tSeen = ms(at);
      e.tEvent = ms(at);
    }
    out.push(event);
    return place;
  };
  const now = () => ({ tEvent: ms(at), tSeen: ms(at) });

  const trade = (t: Ticker, by: string, signalSeq: number, score: number): void => {
    const held = sharesOf(book, t);
    const usd = prices.get(t) ?? 1;
    const wanted = score > 0 ? toQty((0.08 * (equity(book) / 1e6)) / usd) : 0;
    const delta = wanted - held;
    if (delta === 0) return;
    const targetSeq = give(
      target({
        ticker: t,
        strength: score,
        weight: score > 0 ? 0.08 : 0,
        contributions: [{ strategy: by, signal: seq(signalSeq), weight: 1, score, confidence: 0.7 }],
      }),
      signalSeq,
    );
    const side = delta > 0 ? "buy" : "sell";
    const id = orderId(`demo-ensemble-${t}-${targetSeq}`);
    const amount = qty(Math.abs(delta));
    const denied = chance() < 0.15;
    const verdictSeq = give(
      verdict({
        ticker: t,
        orderId: id,
        outcome: denied ? "denied" : "approved",
        asked: amount,
        granted: denied ? qty(0) : amount,
        denial: denied ? { code: "POSITION_EXCEEDS_LIMIT", notional: money(21_000_000_000), limit: money(20_000_000_000) } : null,
      }),
      targetSeq,
    );
    if (denied) return;
    const order: Order = {
      id,
      ticker: t,
      side,
      kind: "market",
      qty: amount,
      cashFraction: null,
      limitPx: null,
      stopPx: null,
      tif: "day",
      bracket: null,
      reduceOnly: false,
      by: "ensemble",
      origin: seq(targetSeq),
      after: [],
    };
    const submitted = give(orderSubmitted(order), verdictSeq);
    give(orderAccepted(t, id, `b-${submitted}`, ms(at), seq(submitted)), submitted);
    if (amount === 0) return;
    const execution = fill({
      ticker: t,
      orderId: id,
      fillId: `f-${submitted}`,
      side,
      qty: amount,
      px: toPx(usd, 10_000),
      commission: money(1_000_000),
      leaves: qty(0),
      ...now(),
      cause: seq(submitted),
    });
    const fillSeq = give(execution, submitted);
    for (const closed of applyFill(book, execution)) {
      const tradeSeq = give(tradeClosed(closed), fillSeq);
      give(outcome({ ticker: t, trade: seq(tradeSeq), strategy: by, credit: closed.pnl / 1e6, weight: 1 }), tradeSeq);
    }
  };
  const headline = (t: Ticker): void => {
    const [text, lean] = HEADLINES[Math.floor(chance() * HEADLINES.length)] as readonly [string, number];
    const raw = newsRaw(now(), {
      id: `n-${place}`,
      source: chance() < 0.5 ? "wire" : "reddit",
      tickers: [t],
      headline: `${t} ${text}`,
      url: null,
    });
    const rawSeq = give(raw);
    give(newsScored(raw, ms(at), { tickers: [t], score: lean, confidence: 0.5 + chance() / 2, scorer: "builtin" }), rawSeq);
    prices.set(t, (prices.get(t) ?? 1) * (1 + lean * 0.004));
  };
  const idea = (t: Ticker, barSeq: number): void => {
    const by = STRATEGIES[Math.floor(chance() * STRATEGIES.length)] as string;
    const score = Math.round((chance() * 2 - 1) * 100) / 100;
    const s = give(
      signal({
        strategy: by,
        ticker: t,
        score,
        confidence: 0.4 + chance() * 0.6,
        reason: `${by} sees ${score > 0 ? "strength" : "weakness"}`,
        causes: [seq(barSeq)],
      }),
      barSeq,
    );
    if (Math.abs(score) > 0.5) trade(t, by, s, score);
  };
  const step = (t: Ticker): void => {
    const open = prices.get(t) ?? 1;
    const close = Math.max(1, open * (1 + (chance() - 0.497) * 0.004));
    prices.set(t, close);
    const high = Math.max(open, close) * (1 + chance() * 0.0008);
    const low = Math.min(open, close) * (1 - chance() * 0.0008);
    const barSeq = give(bar(t, ms(at - BAR_MS), ms(at), open, high, low, close, Math.round(1000 + chance() * 9000), BAR_MS));
    give(quote(t, now(), close - 0.01, close + 0.01, 100, 200));
    mark(book, t, close);
    if (chance() < 0.08) idea(t, barSeq);
    if (chance() < 0.03) headline(t);
    if (chance() < 0.0005) give(halt(t, now(), true, "volatility"));
  };
  const round = (): TapeEvent[] => {
    out = [];
    at += BAR_MS;
    for (const t of tickers) step(t);
    return out;
  };
  return {
    open: () => {
      out = [];
      give(accountOpened(money(100_000_000_000), ms(at)));
      const first = out;
      return [...first, ...round()];
    },
    minute: round,
  };
};
