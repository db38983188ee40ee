import { describe, expect, it } from "vitest";
import { standingOf } from "../../../actors/standing.ts";
import { addWorking, dropWorking, type WorkingOrders } from "../../../actors/working.ts";
import { fill, type Order } from "../../../streams/domain/order.ts";
import { money, ms, type OrderId, orderId, SCALE, seq, type Ticker, ticker } from "../../../streams/domain/units.ts";
import { applyFill, equity, type Ledger, mark, openLedger } from "../../../streams/portfolio/ledger.ts";
import { count, order, usd } from "../../support/orders.ts";

const [A, B, C, D] = ["A", "B", "C", "D"].map((name) => ticker(name)) as [Ticker, Ticker, Ticker, Ticker];
const NOBODY: ReadonlySet<OrderId> = new Set();

/** An account of 10,000 USD where every ticker costs 100; the collar is a tenth. */
class Deck {
  readonly ledger: Ledger = openLedger(money(10_000 * SCALE));
  readonly working: WorkingOrders = { byId: new Map(), byTicker: new Map() };
  private serial = 0;

  constructor() {
    for (const t of [A, B, C, D]) mark(this.ledger, t, 100);
  }
  id(symbol: Ticker, book = "ensemble"): OrderId {
    this.serial += 1;
    return orderId(`r-${book}-${symbol}-${this.serial}`);
  }
  holds(symbol: Ticker, n: number, book = "ensemble"): void {
    const id = this.id(symbol, book);
    applyFill(
      this.ledger,
      fill({
        ticker: symbol,
        orderId: id,
        fillId: id,
        side: n > 0 ? "buy" : "sell",
        qty: count(Math.abs(n)),
        px: usd(100),
        commission: money(0),
        leaves: count(0),
        tEvent: ms(1),
        tSeen: ms(1),
        cause: seq(0),
      }),
    );
  }
  works(symbol: Ticker, side: "buy" | "sell", n: number, more: Partial<Order> = {}, book = "ensemble"): OrderId {
    const one = order({ id: this.id(symbol, book), ticker: symbol, side, qty: count(n), ...more });
    addWorking(this.working, one);
    return one.id;
  }
  exits(symbol: Ticker, n: number): OrderId {
    return this.works(symbol, "sell", n, { reduceOnly: true });
  }
  fills(id: OrderId, n: number): void {
    dropWorking(this.working, { type: "order.filled", orderId: id, qty: count(n), leaves: count(0) });
  }
  /** Of a ticker as a buyer finds it: [position, gross, open positions, whether it is one of them]. */
  sees(symbol: Ticker, done: ReadonlySet<OrderId> = NOBODY, side: "buy" | "sell" = "buy"): unknown[] {
    const { ledger, working } = this;
    const reckoned = { ledger, working, equity: equity(ledger), limits: { collar: 0.1 } };
    const s = standingOf(reckoned, symbol, "ensemble", side, done);
    return [s.position / SCALE, s.gross / SCALE, s.openPositions, s.isOpen];
  }
}

describe("where an account stands", () => {
  it("is what is held, and what orders at work may add at the price judged", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    deck.works(B, "buy", 10);
    expect(deck.sees(A)).toEqual([1_000, 1_000 + 1_100, 2, true]);
    expect(deck.sees(B)).toEqual([1_100, 2_100, 2, true]);
    expect(deck.sees(C)).toEqual([0, 2_100, 2, false]);
  });

  it("counts no exit as done, unless it is to", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 10);
    expect(deck.sees(A)).toEqual([1_000, 1_000, 1, true]);
    expect(deck.sees(A, new Set([exit]))).toEqual([0, 0, 0, false]);
  });

  it("takes the worse side of a ticker", () => {
    const deck = new Deck();
    deck.works(A, "buy", 10);
    deck.works(A, "sell", 20);
    expect(deck.sees(A)).toEqual([1_100, 2_200, 1, true]);
    expect(deck.sees(A, NOBODY, "sell")[0]).toBe(2_200);
  });

  it("counts a withdrawn entry as gone where it is waited for", () => {
    const deck = new Deck();
    const old = deck.works(A, "buy", 10);
    expect(deck.sees(B)).toEqual([0, 1_100, 1, false]);
    expect(deck.sees(B, new Set([old]))).toEqual([0, 0, 0, false]);
  });

  it("finds the book that an order would trade against", () => {
    const deck = new Deck();
    deck.holds(A, 10, "dip");
    const { ledger, working } = deck;
    const reckoned = { ledger, working, equity: equity(ledger), limits: { collar: 0.1 } };
    expect(standingOf(reckoned, A, "ensemble", "sell", NOBODY)).toMatchObject({ opposes: "dip", covers: 0 });
    expect(standingOf(reckoned, A, "dip", "sell", NOBODY)).toMatchObject({ opposes: null, covers: 10 * SCALE });
  });
});

describe("entries that wait for exits", () => {
  it("count only for what they add beyond those", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 10);
    deck.works(B, "buy", 10, { after: [exit] });
    expect(deck.sees(C)).toEqual([0, 1_000 + (1_100 - 1_000), 1, false]);
  });

  it("are not open positions while the ticker that they wait for is one", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 10);
    deck.works(B, "buy", 5, { after: [exit] });
    expect(deck.sees(C)).toEqual([0, 1_000, 1, false]);
    deck.works(C, "buy", 5, { after: [exit] });
    expect(deck.sees(D)).toEqual([0, 1_100, 2, false]); // of two, one takes the place that comes free
  });

  it("wait in vain for a place when the exit leaves some of its ticker", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 9);
    deck.works(B, "buy", 5, { after: [exit] });
    expect(deck.sees(C)[2]).toBe(2);
  });

  it("find that each exit makes room once, however many wait for it", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    deck.holds(B, 10);
    const [first, second] = [deck.exits(A, 10), deck.exits(B, 10)];
    deck.works(C, "buy", 10, { after: [first] });
    deck.works(D, "buy", 10, { after: [first, second] });
    expect(deck.sees(C)[1]).toBe(2_000 + 100 + 100);
    deck.works(D, "buy", 10, { after: [second] });
    expect(deck.sees(C)[1]).toBe(2_000 + 100 + 100 + 1_100);
  });

  it("count in full when the exit has filled, and may fill from then on", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 10);
    deck.works(B, "buy", 10, { after: [exit] });
    deck.holds(A, -10);
    deck.fills(exit, 10);
    expect(deck.sees(C)).toEqual([0, 1_100, 1, false]);
  });

  it("count in full for an order that takes their exit for done", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 10);
    deck.works(B, "buy", 10, { after: [exit] });
    expect(deck.sees(C, new Set([exit]))).toEqual([0, 1_100, 1, false]);
    expect(deck.sees(B, new Set([exit]))).toEqual([1_100, 1_100, 1, true]);
  });

  it("count for the position of their own ticker whatever they wait for", () => {
    const deck = new Deck();
    deck.holds(A, 10);
    const exit = deck.exits(A, 10);
    deck.works(B, "buy", 10, { after: [exit] });
    expect(deck.sees(B)[0]).toBe(1_100);
  });
});
