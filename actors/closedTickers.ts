import type { Closing } from "../streams/control/controls.ts";
import { Controls } from "../streams/control/controls.ts";
import { ACCOUNT_BOOK } from "../streams/domain/books.ts";
import type { ControlCommand } from "../streams/domain/control.ts";
import type { TradingStopped } from "../streams/domain/limits.ts";
import type { OrderId, Ticker } from "../streams/domain/units.ts";
import { everyBook, type Ledger } from "../streams/portfolio/ledger.ts";
import { serialOf } from "./orderIds.ts";

interface Press {
  readonly pressed: Closing;
  /** Serial of the newest order of the ticker by then; null: not known yet, while events are told again. */
  serial: number | null;
}

/** When each ticker was last closed by a control, so that a fill which comes late is known to be from before it. */
export class ClosedTickers {
  private readonly one = new Map<Ticker, Press>();
  /** The last control that closed all, for tickers of which nothing was known then. */
  private all: Closing | null = null;

  /**
   * @param ticker null: all of them. @param serials of the newest orders. @param isAll every order there was is in `serials`; told again, only the newest
   * are, and a ticker may lack.
   */
  press(e: ControlCommand | TradingStopped, ticker: Ticker | null, serials: ReadonlyMap<Ticker, number>, isAll: boolean): void {
    const at = new Controls(() => false);
    const known = ticker === null ? [...serials.keys()] : [ticker];
    at.note(e, known);
    for (const each of known) {
      const pressed = at.closing.get(each) ?? at.killed;
      if (pressed !== null) this.one.set(each, { pressed, serial: serials.get(each) ?? (isAll ? 0 : null) });
    }
    if (ticker === null && !isAll) this.all = closingOf(e, at);
  }

  /** While events are told again: the next order of a ticker after a press. Those before it are from before the press, for all that is known. */
  heard(ticker: Ticker, id: OrderId): void {
    const serial = Math.max(0, serialOf(id) - 1);
    const press = this.one.get(ticker);
    if (press !== undefined) press.serial ??= serial;
    else if (this.all !== null) this.one.set(ticker, { pressed: this.all, serial });
  }

  /** The control that closed the ticker after the order was proposed; null: none did. */
  before(ticker: Ticker, id: OrderId): Closing | null {
    const press = this.one.get(ticker);
    if (press === undefined) return this.all;
    return press.serial === null || serialOf(id) <= press.serial ? press.pressed : null;
  }
}

const closingOf = (e: ControlCommand | TradingStopped, at: Controls): Closing | null => {
  if (at.killed !== null || e.type === "trading.stopped") return at.killed;
  const { command, by, tSeen: since, seq } = e;
  return command.do === "closeAll" ? { since, by, reason: "close all", seq, wholeAccount: command.wholeAccount ?? false } : null;
};

/** Tickers that are held. @param whole also by the book of the account. */
export const ownedOf = (ledger: Ledger, whole: boolean): ReadonlySet<Ticker> => {
  const owned = new Set<Ticker>();
  for (const { ticker, book, shares } of everyBook(ledger))
    if (shares !== 0 && (whole || book !== ACCOUNT_BOOK)) owned.add(ticker);
  return owned;
};
