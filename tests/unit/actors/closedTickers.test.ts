import { describe, expect, it } from "vitest";
import { ClosedTickers, ownedOf } from "../../../actors/closedTickers.ts";
import { type Command, controlCommand } from "../../../streams/domain/control.ts";
import { tradingStopped } from "../../../streams/domain/limits.ts";
import { fill } from "../../../streams/domain/order.ts";
import { money, ms, type OrderId, orderId, SCALE, seq, type Ticker, ticker } from "../../../streams/domain/units.ts";
import { applyFill, openLedger } from "../../../streams/portfolio/ledger.ts";
import { count, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const serials: ReadonlyMap<Ticker, number> = new Map([
  [AAPL, 5],
  [MSFT, 2],
]);
const id = (serial: number, symbol = AAPL): OrderId => orderId(`r-ensemble-${symbol}-${serial}`);
const pressed = (command: Command, symbol: Ticker | null) => {
  const closed = new ClosedTickers();
  closed.press({ ...controlCommand("ana", command, ms(7)), seq: seq(9) }, symbol, serials, true);
  return closed;
};

describe("when a ticker was closed", () => {
  it("is known for orders from before it, and for none after", () => {
    const closed = pressed({ do: "close", ticker: AAPL, wholeAccount: true }, AAPL);
    expect(closed.before(AAPL, id(5))).toEqual({ since: 7, by: "ana", reason: "close", seq: 9, wholeAccount: true });
    expect(closed.before(AAPL, id(6))).toBeNull();
    expect(closed.before(MSFT, id(1, MSFT))).toBeNull();
  });

  it("is known of a leg by its entry", () => {
    const closed = pressed({ do: "close", ticker: AAPL }, AAPL);
    expect(closed.before(AAPL, orderId(`${id(5)}.sl`))).not.toBeNull();
  });

  it("is of every ticker after a kill, a close of all, and when the deck stops by itself", () => {
    expect(pressed({ do: "kill", reason: "smoke" }, null).before(MSFT, id(2, MSFT))).toMatchObject({ reason: "smoke" });
    expect(pressed({ do: "closeAll" }, null).before(AAPL, id(1))).toMatchObject({ reason: "close all" });
    const closed = new ClosedTickers();
    closed.press({ ...tradingStopped("broke", money(-1)), seq: seq(3) }, null, serials, true);
    expect(closed.before(AAPL, id(5))).toMatchObject({ by: "deck", reason: "broke" });
  });

  it("counts from the last press", () => {
    const closed = pressed({ do: "close", ticker: AAPL }, AAPL);
    closed.press(controlCommand("ben", { do: "close", ticker: AAPL }, ms(8)), AAPL, new Map([[AAPL, 8]]), true);
    expect(closed.before(AAPL, id(7))).toMatchObject({ by: "ben" });
  });

  it("says nothing of another system's order", () => {
    expect(pressed({ do: "close", ticker: AAPL }, AAPL).before(AAPL, orderId("web"))?.by).toBe("ana"); // from before us, for all we know
  });
});

describe("tickers that are held", () => {
  it("are those of the deck's books, and the account's where the whole account is meant", () => {
    const ledger = openLedger(money(1_000 * SCALE));
    const bought = (orderOf: OrderId, symbol: Ticker, side: "buy" | "sell" = "buy") =>
      applyFill(
        ledger,
        fill({
          ticker: symbol,
          orderId: orderOf,
          fillId: `${orderOf}${side}`,
          side,
          qty: count(1),
          px: usd(1),
          commission: money(0),
          leaves: count(0),
          tEvent: ms(1),
          tSeen: ms(1),
          cause: seq(0),
        }),
      );
    bought(id(1), AAPL);
    bought(orderId("web"), MSFT);
    bought(id(1, ticker("IBM")), ticker("IBM"));
    bought(id(1, ticker("IBM")), ticker("IBM"), "sell");
    expect([...ownedOf(ledger, false)]).toEqual([AAPL]);
    expect([...ownedOf(ledger, true)]).toEqual([AAPL, MSFT]);
  });
});
