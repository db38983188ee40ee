import { ENSEMBLE_BOOK } from "../streams/domain/books.ts";
import type { Order, OrderIntent } from "../streams/domain/order.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import { type OrderId, type Px, qty, type Seq, shares, type Ticker, toPx } from "../streams/domain/units.ts";
import { legsTo, wantedShares } from "../streams/execution/sizing.ts";
import { onTick } from "../streams/execution/ticks.ts";
import { equity, markOf, sharesIn } from "../streams/portfolio/ledger.ts";
import type { Account } from "./account.ts";
import { bookNamed, idOf } from "./orderIds.ts";
import { exitsOnTick } from "./repricing.ts";
import { leaving, signedWorking, workingOf } from "./working.ts";

type Wanted = Omit<OrderIntent, "reason">;

/** An order that is to be proposed. */
export interface Ask {
  readonly ticker: Ticker;
  /** Whose shares it is about. */
  readonly book: string;
  /** Who asks: the book's owner, or a person who closes it. */
  readonly by: string;
  readonly origin: Seq;
  readonly wanted: Wanted;
}

/** How a ticker gets to its target. `turn`: its working orders go the other way, and are withdrawn first. */
export interface Way {
  readonly asks: readonly Ask[];
  readonly turn: boolean;
}

/** Turns what is wanted into orders. */
export interface Proposing {
  /** The order, under an id that no other has. */
  order(account: Account, ask: Ask, after: ReadonlySet<OrderId>): Order;
  /** Orders that lead the ensemble's book from what it holds and has on its way to what the target wants. */
  align(account: Account, target: Target): Way;
  /** A book out of a ticker at market, but for what is on its way out already. */
  exit(account: Account, ticker: Ticker, book: string, by: string, origin: Seq): Ask | null;
  /** A strategy's order with its quantity: as it said, or by the sizing of the run. */
  sized(account: Account, ticker: Ticker, strategy: string, intent: OrderIntent): OrderIntent;
}

const BY = ENSEMBLE_BOOK;
const NO_IDS: readonly OrderId[] = Object.freeze([]);
const NO_WAY: Way = { asks: [], turn: false };

export const proposing = (config: RunConfig, runId: string): Proposing => {
  const { sizing, tickSize } = config;
  const stepped = (p: Px | undefined | null, side: "buy" | "sell", kind: "limit" | "stop"): Px | null =>
    p === undefined || p === null ? null : onTick(p, side, kind, tickSize);

  const nextId = (account: Account, book: string, ticker: Ticker): OrderId => {
    const serial = (account.serials.get(ticker) ?? account.serialsFrom) + 1;
    account.serials.set(ticker, serial);
    return idOf(runId, book, ticker, serial);
  };

  const order: Proposing["order"] = (account, { ticker, book, by, origin, wanted }, after) => ({
    id: nextId(account, book, ticker),
    ticker,
    side: wanted.side,
    kind: wanted.kind,
    qty: wanted.qty ?? qty(0),
    cashFraction: wanted.cashFraction ?? null,
    limitPx: stepped(wanted.limitPx, wanted.side, "limit"),
    stopPx: stepped(wanted.stopPx, wanted.side, "stop"),
    tif: wanted.kind === "market" ? "day" : "gtc",
    bracket: wanted.bracket && wanted.reduceOnly !== true ? exitsOnTick(wanted.bracket, wanted.side, tickSize) : null,
    reduceOnly: wanted.reduceOnly ?? false,
    by,
    origin,
    after: after.size === 0 ? NO_IDS : [...after],
  });

  const market = (t: Target, side: Wanted["side"], size: number, reduceOnly: boolean): Ask => ({
    ticker: t.ticker,
    book: BY,
    by: BY,
    origin: t.seq,
    wanted: { side, kind: "market", qty: qty(size), reduceOnly },
  });

  /** Sized at the fill: how many shares that will be is not known, so only the side counts. */
  const alignByCash = (account: Account, t: Target, fraction: number): Way => {
    const { ticker } = t;
    const want = Math.sign(t.strength);
    const held = sharesIn(account.ledger, BY, ticker);
    const working = workingOf(account.working, ticker, BY).filter((o) => o.kind === "market");
    const entry = working.find((o) => !o.reduceOnly);
    const isLeaving = working.length > 0 && entry === undefined;
    const becomes = entry ? (entry.side === "buy" ? 1 : -1) : isLeaving ? 0 : Math.sign(held);
    if (becomes === want) return NO_WAY;
    if (working.length > 0 && !(isLeaving && want !== Math.sign(held))) return { asks: [], turn: true };
    const out = isLeaving ? null : exit(account, ticker, BY, BY, t.seq);
    const asks: Ask[] = out === null ? [] : [out];
    if (want !== 0) {
      const side = want > 0 ? "buy" : "sell";
      asks.push({ ticker, book: BY, by: BY, origin: t.seq, wanted: { side, kind: "market", qty: null, cashFraction: fraction } });
    }
    return { asks, turn: false };
  };

  const align: Proposing["align"] = (account, t) => {
    const { ticker } = t;
    const usd = markOf(account.ledger, ticker);
    if (usd === null) return NO_WAY;
    if (sizing.by === "cash") return alignByCash(account, t, sizing.fraction);
    const now = shares(sharesIn(account.ledger, BY, ticker) + signedWorking(account.working, ticker, BY));
    const legs = legsTo(wantedShares(sizing, t.strength, equity(account.ledger), toPx(usd)), now);
    if (legs === null) return NO_WAY;
    if (workingOf(account.working, ticker, BY).some((o) => o.side !== legs.side)) return { asks: [], turn: true };
    const asks: Ask[] = [];
    if (legs.exit > 0) asks.push(market(t, legs.side, legs.exit, true));
    if (legs.entry > 0) asks.push(market(t, legs.side, legs.entry, false));
    return { asks, turn: false };
  };

  const exit: Proposing["exit"] = (account, ticker, book, by, origin) => {
    const held = sharesIn(account.ledger, bookNamed(book), ticker);
    const left = Math.abs(held) - leaving(account.working, ticker, bookNamed(book));
    if (held === 0 || left <= 0) return null;
    const side = held > 0 ? "sell" : "buy";
    return { ticker, book, by, origin, wanted: { side, kind: "market", qty: qty(left), reduceOnly: true } };
  };

  const sized: Proposing["sized"] = (account, ticker, strategy, intent) => {
    if (intent.qty !== null || intent.cashFraction !== undefined) return intent;
    if (intent.reduceOnly) return { ...intent, qty: qty(Math.abs(sharesIn(account.ledger, bookNamed(strategy), ticker))) };
    if (sizing.by === "cash") return { ...intent, cashFraction: sizing.fraction };
    const usd = markOf(account.ledger, ticker);
    const price = intent.limitPx ?? intent.stopPx ?? (usd === null ? null : toPx(usd));
    const size = price === null ? 0 : Math.abs(wantedShares(sizing, 1, equity(account.ledger), price));
    return { ...intent, qty: qty(size) };
  };

  return { order, align, exit, sized };
};
