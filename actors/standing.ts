import type { RiskLimits } from "../streams/domain/run.ts";
import { type Money, money, notional, type OrderId, qty, type Ticker, toPx } from "../streams/domain/units.ts";
import { grossExposure, type Ledger, markOf, sharesByBook, sharesOf } from "../streams/portfolio/ledger.ts";
import type { Standing } from "../streams/risk/checks.ts";
import {
  type Claim,
  coversOf,
  heldAfter,
  mayOpen,
  openingValue,
  opposing,
  type Valuing,
  worstOf,
} from "../streams/risk/worstCase.ts";
import { claimsOf, type WorkingOrders } from "./working.ts";

/** What a standing is reckoned from. */
export interface Reckoned {
  readonly ledger: Ledger;
  readonly working: WorkingOrders;
  readonly equity: Money;
  readonly limits: Pick<RiskLimits, "collar">;
}

const valuingOf = (r: Reckoned, ticker: Ticker): Valuing => {
  const usd = markOf(r.ledger, ticker);
  return { price: usd === null ? null : toPx(usd), equity: r.equity, collar: r.limits.collar };
};

/** Entries that wait for exits of their moment, by what they wait for: they come to something only when all of those are done. */
interface Waiting {
  readonly after: readonly OrderId[];
  readonly entries: Claim[];
}

interface Parted {
  readonly open: readonly Claim[];
  readonly waiting: readonly Claim[];
}

/** Claims that may fill at any time, and those that wait for an order which still works. */
const parted = (claims: readonly Claim[], working: WorkingOrders, done: ReadonlySet<OrderId>): Parted => {
  const waits = (c: Claim): boolean => c.order.after.some((id) => working.byId.has(id) && !done.has(id));
  if (!claims.some(waits)) return { open: claims, waiting: [] };
  return { open: claims.filter((c) => !waits(c)), waiting: claims.filter(waits) };
};

/**
 * The worst that the account may come to by its working orders, as an order in a ticker finds it. Entries that wait for exits count only for what they
 * add beyond those exits, and each exit makes room once.
 * @param done exits that count as filled and withdrawn orders that count as gone.
 */
export const standingOf = (
  r: Reckoned,
  ticker: Ticker,
  book: string,
  side: "buy" | "sell",
  done: ReadonlySet<OrderId>,
): Standing => {
  const held = sharesByBook(r.ledger, ticker);
  const claims = claimsOf(r.working, ticker);
  const own = worstOf(held, claims, valuingOf(r, ticker), done);
  const { gross, open, isOpen } = account(r, ticker, done);
  return {
    position: money(side === "buy" ? own.long : own.short),
    gross,
    openPositions: open,
    isOpen,
    covers: qty(coversOf(book, side, held, claims, done)),
    opposes: opposing(book, side, held, claims, done),
  };
};

interface Sums {
  readonly gross: Money;
  /** Tickers that are open or may be. */
  readonly open: number;
  readonly isOpen: boolean;
}

const account = (r: Reckoned, asked: Ticker, done: ReadonlySet<OrderId>): Sums => {
  const { ledger, working } = r;
  let gross: number = grossExposure(ledger);
  let open = ledger.openCount;
  let isOpen = sharesOf(ledger, asked) !== 0;
  const groups = new Map<string, Waiting>();
  for (const ticker of working.byTicker.keys()) {
    const held = sharesByBook(ledger, ticker);
    const { open: claims, waiting } = parted(claimsOf(working, ticker), working, done);
    const valuing = valuingOf(r, ticker);
    const { long, short } = worstOf(held, claims, valuing, done);
    const now = valuing.price === null ? 0 : Math.abs(notional(valuing.price, sharesOf(ledger, ticker)));
    gross += Math.max(long, short) - now;
    const isHeld = sharesOf(ledger, ticker) !== 0;
    const counts = heldAfter(held, claims, done) !== 0 || mayOpen(held, claims, done);
    if (counts !== isHeld) open += counts ? 1 : -1;
    if (ticker === asked) isOpen = counts;
    for (const claim of waiting) group(groups, claim);
  }
  const counted = new Set<OrderId>();
  for (const { after, entries } of groups.values()) {
    const { freed, flattened } = roomMadeBy(r, after, counted, done);
    if (flattened.has(asked)) isOpen = false; // its place is taken by those that wait for its exit
    let value = 0;
    const fresh = new Set<Ticker>();
    for (const { order, leaves } of entries) {
      value += openingValue(order, leaves, valuingOf(r, order.ticker));
      if (sharesOf(ledger, order.ticker) === 0) fresh.add(order.ticker);
    }
    gross += Math.max(0, value - freed);
    open += Math.max(0, fresh.size - flattened.size);
  }
  return { gross: money(gross), open, isOpen };
};

const group = (groups: Map<string, Waiting>, claim: Claim): void => {
  const { after } = claim.order;
  const key = after.join(" ");
  const known = groups.get(key);
  if (known) known.entries.push(claim);
  else groups.set(key, { after, entries: [claim] });
};

/** What the exits that entries wait for will free: their value at the mark, and tickers that they flatten. */
const roomMadeBy = (r: Reckoned, after: readonly OrderId[], counted: Set<OrderId>, done: ReadonlySet<OrderId>) => {
  const outs = new Map<Ticker, number>();
  for (const id of after) {
    const exit = r.working.byId.get(id);
    if (exit === undefined || !exit.order.reduceOnly || done.has(id) || counted.has(id)) continue;
    counted.add(id);
    outs.set(exit.order.ticker, (outs.get(exit.order.ticker) ?? 0) + exit.leaves);
  }
  let freed = 0;
  const flattened = new Set<Ticker>();
  for (const [ticker, out] of outs) {
    const held = Math.abs(sharesOf(r.ledger, ticker));
    const { price } = valuingOf(r, ticker);
    if (price !== null) freed += notional(price, qty(Math.min(out, held)));
    const { open } = parted(claimsOf(r.working, ticker), r.working, done);
    if (held > 0 && out >= held && !mayOpen(sharesByBook(r.ledger, ticker), open, done)) flattened.add(ticker);
  }
  return { freed, flattened };
};
