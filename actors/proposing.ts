import type { Order, OrderIntent, Side } from "../streams/domain/order.ts";
import type { RunConfig } from "../streams/domain/run.ts";
import type { Target } from "../streams/domain/signal.ts";
import { type OrderId, type Px, qty, type Seq, shares, type Ticker, toPx } from "../streams/domain/units.ts";
import { legsTo, wantedShares } from "../streams/execution/sizing.ts";
import { onTick } from "../streams/execution/ticks.ts";
import { equity, markOf, sharesOf } from "../streams/portfolio/ledger.ts";
import { type Account, viewOf } from "./account.ts";
import { type ActorContext, type Effect, tell } from "./actor.ts";
import { idOf } from "./orderIds.ts";
import type { RiskMsg } from "./risk.ts";
import { PATHS } from "./topology.ts";
import { addWorking, signedWorking, workingOf } from "./working.ts";

type Wanted = Omit<OrderIntent, "reason">;

/** Turns what is wanted into proposed orders. */
export interface Proposing {
  propose(account: Account, context: ActorContext, by: string, ticker: Ticker, origin: Seq, wanted: Wanted): Effect;
  /** Orders that lead from what is held and on its way to what the target wants. */
  align(account: Account, context: ActorContext, target: Target): Effect[];
  /** Out of a ticker at market, but for what is on its way out already. */
  exit(account: Account, context: ActorContext, ticker: Ticker, by: string, origin: Seq): Effect[];
  /** A strategy's order with its quantity: as it said, or by the sizing of the run. */
  sized(account: Account, ticker: Ticker, intent: OrderIntent): OrderIntent;
}

const BY = "ensemble";

export const proposing = (config: RunConfig, runId: string): Proposing => {
  const { sizing } = config;
  const stepped = (p: Px | undefined | null, side: Side, kind: "limit" | "stop"): Px | null =>
    p === undefined || p === null ? null : onTick(p, side, kind, config.tickSize);

  const nextId = (account: Account, by: string, ticker: Ticker): OrderId => {
    const serial = (account.serials.get(ticker) ?? account.serialsFrom) + 1;
    account.serials.set(ticker, serial);
    return idOf(runId, by, ticker, serial);
  };

  const propose: Proposing["propose"] = (account, context, by, ticker, origin, wanted) => {
    const { side } = wanted;
    const back: Side = side === "buy" ? "sell" : "buy";
    const order: Order = {
      id: nextId(account, by, ticker),
      ticker,
      side,
      kind: wanted.kind,
      qty: wanted.qty ?? qty(0),
      cashFraction: wanted.cashFraction ?? null,
      limitPx: stepped(wanted.limitPx, side, "limit"),
      stopPx: stepped(wanted.stopPx, side, "stop"),
      tif: wanted.kind === "market" ? "day" : "gtc",
      bracket: wanted.bracket
        ? {
            stopLoss: stepped(wanted.bracket.stopLoss, back, "stop"),
            takeProfit: stepped(wanted.bracket.takeProfit, back, "limit"),
          }
        : null,
      reduceOnly: wanted.reduceOnly ?? false,
      by,
      origin,
      after: [],
    };
    const view = viewOf(account, ticker);
    addWorking(account.working, order);
    return tell(context.ref<RiskMsg>(PATHS.risk), { type: "proposed", order, account: view });
  };

  const withdraw = (account: Account, context: ActorContext, ticker: Ticker): Effect[] => {
    account.turning.add(ticker);
    return [tell(context.ref<RiskMsg>(PATHS.risk), { type: "withdraw", ticker, by: BY, reason: "the target turned" })];
  };

  /** Sized at the fill: how many shares that will be is not known, so only the side counts. */
  const alignByCash = (account: Account, context: ActorContext, t: Target, fraction: number): Effect[] => {
    const { ticker } = t;
    const want = Math.sign(t.strength);
    const held = sharesOf(account.ledger, ticker);
    const working = workingOf(account.working, ticker, BY);
    const entry = working.find((o) => !o.reduceOnly);
    const leaving = working.length > 0 && entry === undefined;
    const becomes = entry ? (entry.side === "buy" ? 1 : -1) : leaving ? 0 : Math.sign(held);
    if (becomes === want) return [];
    if (working.length > 0 && !(leaving && want !== Math.sign(held))) return withdraw(account, context, ticker);
    const effects = leaving ? [] : exit(account, context, ticker, BY, t.seq);
    if (want !== 0)
      effects.push(
        propose(account, context, BY, ticker, t.seq, {
          side: want > 0 ? "buy" : "sell",
          kind: "market",
          qty: null,
          cashFraction: fraction,
        }),
      );
    return effects;
  };

  const align: Proposing["align"] = (account, context, t) => {
    const { ticker } = t;
    const usd = markOf(account.ledger, ticker);
    if (usd === null) return [];
    if (sizing.by === "cash") return alignByCash(account, context, t, sizing.fraction);
    const now = shares(sharesOf(account.ledger, ticker) + signedWorking(account.working, ticker));
    const legs = legsTo(wantedShares(sizing, t.strength, equity(account.ledger), toPx(usd)), now);
    if (legs === null) return [];
    if (workingOf(account.working, ticker, BY).some((o) => o.side !== legs.side)) return withdraw(account, context, ticker);
    const effects: Effect[] = [];
    const order = (size: number, reduceOnly: boolean): void => {
      if (size > 0)
        effects.push(
          propose(account, context, BY, ticker, t.seq, { side: legs.side, kind: "market", qty: qty(size), reduceOnly }),
        );
    };
    order(legs.exit, true);
    order(legs.entry, false);
    return effects;
  };

  const exit: Proposing["exit"] = (account, context, ticker, by, origin) => {
    const held = sharesOf(account.ledger, ticker);
    if (held === 0) return [];
    const side = held > 0 ? "sell" : "buy";
    let left = Math.abs(held);
    for (const o of workingOf(account.working, ticker, null))
      if (o.reduceOnly && o.kind === "market" && o.side === side) left -= o.qty;
    if (left <= 0) return [];
    return [propose(account, context, by, ticker, origin, { side, kind: "market", qty: qty(left), reduceOnly: true })];
  };

  const sized: Proposing["sized"] = (account, ticker, intent) => {
    if (intent.qty !== null || intent.cashFraction !== undefined) return intent;
    if (intent.reduceOnly) return { ...intent, qty: qty(Math.abs(sharesOf(account.ledger, ticker))) };
    if (sizing.by === "cash") return { ...intent, cashFraction: sizing.fraction };
    const usd = markOf(account.ledger, ticker);
    const price = intent.limitPx ?? intent.stopPx ?? (usd === null ? null : toPx(usd));
    const size = price === null ? 0 : Math.abs(wantedShares(sizing, 1, equity(account.ledger), price));
    return { ...intent, qty: qty(size) };
  };

  return { propose, align, exit, sized };
};
