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
  /** Serial of the newest order of the ticker by then. */
  readonly serial: number;
}

/** When each ticker was last closed by a control, so that a fill which comes late is known to be from before it. */
export class ClosedTickers {
  private readonly one = new Map<Ticker, Press>();

  /** @param ticker null: all of them. @param serials of the newest orders. */
  press(e: ControlCommand | TradingStopped, ticker: Ticker | null, serials: ReadonlyMap<Ticker, number>): void {
    const at = new Controls(() => false);
    at.note(e, ticker === null ? serials.keys() : [ticker]);
    for (const each of ticker === null ? serials.keys() : [ticker]) {
      const pressed = at.closing.get(each) ?? at.killed;
      if (pressed !== null) this.one.set(each, { pressed, serial: serials.get(each) ?? 0 });
    }
  }

  /** The control that closed the ticker after the order was proposed; null: none did. */
  before(ticker: Ticker, id: OrderId): Closing | null {
    const press = this.one.get(ticker);
    return press !== undefined && serialOf(id) <= press.serial ? press.pressed : null;
  }
}

/** Tickers that are held. @param whole also by the book of the account. */
export const ownedOf = (ledger: Ledger, whole: boolean): ReadonlySet<Ticker> => {
  const owned = new Set<Ticker>();
  for (const { ticker, book, shares } of everyBook(ledger))
    if (shares !== 0 && (whole || book !== ACCOUNT_BOOK)) owned.add(ticker);
  return owned;
};
