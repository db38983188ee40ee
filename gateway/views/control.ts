import { type Closing, Controls, type Pressed } from "../../streams/control/controls.ts";
import { tradingNeeds } from "../../streams/control/needs.ts";
import { ACCOUNT_BOOK } from "../../streams/domain/books.ts";
import type { ControlCommand } from "../../streams/domain/control.ts";
import type { EventOf } from "../../streams/domain/event.ts";
import type { LimitExceeded, LimitRestored, TradingStopped } from "../../streams/domain/limits.ts";
import { type Fill, type OrderSubmitted, signOf } from "../../streams/domain/order.ts";
import { ms, type Ticker, toDecimal } from "../../streams/domain/units.ts";
import { nextSession, sessionAt } from "../../streams/market/calendar.ts";
import type { BookHolding } from "../../streams/portfolio/ledger.ts";
import type { ControlItem, Left } from "../contract/controlItems.ts";
import { NOTHING, type View } from "./view.ts";
import { WorkingOrders } from "./workingOrders.ts";

type Ended = EventOf<"order.rejected" | "order.cancelled" | "order.expired" | "order.lost">;

export interface Control {
  readonly view: View;
  item(): ControlItem;
  /** Why nothing may be opened; null when trading. */
  halted(): string | null;
  command(e: ControlCommand | TradingStopped): void;
  submitted(e: OrderSubmitted): void;
  cancelRequested(e: EventOf<"order.cancelRequested">): void;
  /** After the account took it in. */
  filled(e: Fill): void;
  ended(e: Ended): void;
  closingBegan(e: EventOf<"closing.began">): void;
  closingEnded(e: EventOf<"closing.ended">): void;
  exceeded(e: LimitExceeded): void;
  restored(e: LimitRestored): void;
  /** Holdings, halts or the time moved. */
  touch(): void;
}

/** What the states of controls are read against. */
export interface ControlSources {
  /** Every book that ever held a ticker. */
  readonly books: () => readonly BookHolding[];
  /** Halted tickers, and why. */
  readonly halts: ReadonlyMap<string, string>;
  /** The core's clock. */
  readonly now: () => number;
}

const pressedItem = ({ since, by, reason, seq }: Pressed): Pick<Pressed, "since" | "by" | "reason" | "seq"> => ({
  since,
  by,
  reason,
  seq,
});
/** A position's limit is its ticker's; the others are the account's, whichever fill went past them. */
const limitKey = ({ limit, ticker }: Pick<LimitRestored, "limit" | "ticker">): string =>
  limit === "position" ? `${limit} ${ticker}` : limit;
const opensAt = (now: number): number | null => (sessionAt(ms(now)) === null ? nextSession(ms(now)).open : null);
const why = (e: Ended): string =>
  e.type === "order.rejected" ? `${e.code}: ${e.message}` : e.type === "order.expired" ? "it expired" : e.reason;

/** The states of controls, with what is left of each and what that waits for: a fold over the tape. */
export const control = ({ books, halts, now }: ControlSources): Control => {
  const controls = new Controls(tradingNeeds);
  const working = new WorkingOrders();
  const limits = new Map<string, { readonly last: LimitExceeded; readonly since: number }>();
  /** Why the last exit of a ticker ended without having closed it. */
  const refusals = new Map<Ticker, string>();
  let dirty = true;
  let told = "";

  /** What a control that closes is about: µshare by ticker, signed. Books that cancel out leave nothing to close. */
  const held = (wholeAccount: boolean): Map<Ticker, number> => {
    const sums = new Map<Ticker, number>();
    for (const b of books()) {
      if (b.shares === 0 || (!wholeAccount && b.book === ACCOUNT_BOOK)) continue;
      const sum = (sums.get(b.ticker) ?? 0) + b.shares;
      if (sum === 0) sums.delete(b.ticker);
      else sums.set(b.ticker, sum);
    }
    return sums;
  };
  const heldOf = (ticker: Ticker, wholeAccount: boolean): number => held(wholeAccount).get(ticker) ?? 0;
  const isClosing = (): boolean => controls.killed !== null || controls.closing.size > 0;
  /** Ends the closing of a ticker when nothing of it is left. */
  const settle = (ticker: Ticker): void => {
    const closing = controls.closing.get(ticker);
    if (closing !== undefined && working.countOf(ticker) === 0 && !held(closing.wholeAccount).has(ticker)) controls.flat(ticker);
  };

  const waitsFor = (ticker: Ticker, shares: number): string | null => {
    const opens = opensAt(now());
    if (shares === 0) return working.countOf(ticker) === 0 ? null : "an order is being withdrawn";
    if (opens !== null) return `the exchange is closed until ${new Date(opens).toISOString()}`;
    const halt = halts.get(ticker);
    if (halt !== undefined) return `${ticker} is halted: ${halt}`;
    const leaving = working.leavingOf(ticker, Math.sign(shares));
    if (leaving !== null) return leaving === 0 ? "an exit is working" : `an exit of ${toDecimal(leaving)} shares is working`;
    const refusal = refusals.get(ticker);
    return refusal === undefined ? "no exit is on its way yet" : `its exit was refused: ${refusal}; it is tried again`;
  };
  const killedItem = (killed: Closing): ControlItem["killed"] => {
    const positions: Left[] = [...held(killed.wholeAccount)].map(([ticker, shares]) => ({
      ticker,
      shares: toDecimal(shares),
      waitsFor: waitsFor(ticker, shares),
    }));
    return {
      ...pressedItem(killed),
      wholeAccount: killed.wholeAccount,
      left: positions.length,
      orders: working.size,
      positions,
    };
  };
  const item = (): ControlItem => {
    const reason = controls.halted();
    return {
      trading: reason === null,
      reason,
      paused: controls.paused === null ? null : pressedItem(controls.paused),
      killed: controls.killed === null ? null : killedItem(controls.killed),
      closing: [...controls.closing].map(([ticker, c]) => {
        const shares = heldOf(ticker, c.wholeAccount);
        const left = toDecimal(shares);
        return { ticker, ...pressedItem(c), wholeAccount: c.wholeAccount, left, waitsFor: waitsFor(ticker, shares) };
      }),
      stopped: [...controls.stopped].map(([path, { how, since, by }]) => ({ path, how, since, by })),
      exceeded: [...limits.values()].map(({ last, since }) => ({
        ticker: last.ticker,
        limit: last.limit,
        value: toDecimal(last.value),
        most: toDecimal(last.most),
        since,
      })),
      opensAt: opensAt(now()),
    };
  };
  return {
    view: {
      items: () => [item()],
      drain: () => {
        if (!dirty) return NOTHING;
        dirty = false;
        const fresh = item();
        const text = JSON.stringify(fresh);
        if (text === told) return NOTHING;
        told = text;
        return [{ key: "only", item: fresh }];
      },
      discard: () => {
        dirty = false;
        told = "";
      },
    },
    item,
    halted: () => controls.halted(),
    command: (e) => {
      const wholeAccount = e.type === "control.command" && e.command.do === "closeAll" && e.command.wholeAccount === true;
      controls.note(e, new Set([...held(wholeAccount).keys(), ...working.tickers()]));
      for (const ticker of [...controls.closing.keys()]) settle(ticker);
      dirty = true;
    },
    submitted: (e) => {
      working.submitted(e);
      refusals.delete(e.ticker);
      dirty = true;
    },
    cancelRequested: (e) => {
      working.leaving(e);
      dirty = true;
    },
    filled: (e) => {
      working.filled(e);
      settle(e.ticker);
      dirty = true;
    },
    ended: (e) => {
      const side = working.ended(e);
      const shares = isClosing() && side !== null ? heldOf(e.ticker, true) : 0;
      if (side !== null && shares !== 0 && signOf(side) !== Math.sign(shares) && e.type !== "order.cancelled")
        refusals.set(e.ticker, why(e));
      settle(e.ticker);
      dirty = true;
    },
    closingBegan: ({ ticker, tSeen: since, by, reason, cause: seq, wholeAccount }) => {
      const before = controls.closing.get(ticker);
      if (before === undefined || wholeAccount !== before.wholeAccount)
        controls.closing.set(ticker, { ...(before ?? { since, by, reason, seq }), wholeAccount });
      dirty = true;
    },
    closingEnded: ({ ticker }) => {
      controls.flat(ticker);
      dirty = true;
    },
    exceeded: (e) => {
      const key = limitKey(e);
      limits.set(key, { last: e, since: limits.get(key)?.since ?? e.tSeen });
      dirty = true;
    },
    restored: (e) => {
      limits.delete(limitKey(e));
      dirty = true;
    },
    touch: () => {
      dirty = true;
    },
  };
};
