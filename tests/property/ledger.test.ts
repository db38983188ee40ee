import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fill, fill, signOf } from "../../streams/domain/order.ts";
import { accountAdopted, type Dividend, type Split, type Trade } from "../../streams/domain/portfolio.ts";
import { money, ms, notional, orderId, px, qty, SCALE, seq, ticker, toPx } from "../../streams/domain/units.ts";
import {
  adopt,
  applyDividend,
  applyFill,
  applySplit,
  equity,
  everyBook,
  grossExposure,
  imbalance,
  type Ledger,
  mark,
  openLedger,
} from "../../streams/portfolio/ledger.ts";

type Change = Fill | Split | Dividend | { type: "mark"; ticker: Fill["ticker"]; price: number };

const symbols = ["AAPL", "MSFT", "BRK.B"].map(ticker);
const symbol = fc.constantFrom(...symbols);
const head = { seq: seq(0), v: 1 as const, tEvent: ms(0), tSeen: ms(0), cause: seq(0) };
const initial = money(100_000 * SCALE);

const fillOf = fc.record({
  type: fc.constant("order.filled" as const),
  ticker: symbol,
  side: fc.constantFrom("buy" as const, "sell" as const),
  /** Whole shares often, so that positions meet flat; fractions to the µshare too. */
  qty: fc.oneof(
    fc.integer({ min: 1, max: 3 }).map((n) => n * SCALE),
    fc.integer({ min: 1, max: 5_000_000 }),
  ),
  px: fc.integer({ min: 1, max: 900_000_000 }),
  commission: fc.integer({ min: -1_000, max: 5_000_000 }),
});
const changeOf = fc.oneof(
  { weight: 8, arbitrary: fillOf },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("account.split" as const),
      ticker: symbol,
      numerator: fc.integer({ min: 1, max: 20 }),
      denominator: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("account.dividend" as const),
      ticker: symbol,
      perShare: fc.integer({ min: 1, max: 5_000_000 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("mark" as const),
      ticker: symbol,
      price: fc.double({ min: 0.01, max: 900, noNaN: true }),
    }),
  },
);
const changes = fc.array(changeOf, { maxLength: 60 }).map((list) =>
  list.map((c, i): Change => {
    if (c.type === "mark") return c;
    if (c.type === "account.split") return { ...head, ...c };
    if (c.type === "account.dividend") return { ...head, ...c, perShare: px(c.perShare) };
    const at = ms(i + 1);
    const made = fill({
      ticker: c.ticker,
      side: c.side,
      orderId: orderId(`o${i}`),
      fillId: `f${i}`,
      qty: qty(c.qty),
      px: px(c.px),
      commission: money(c.commission),
      leaves: qty(0),
      tEvent: at,
      tSeen: at,
      cause: seq(0),
    });
    return { ...made, seq: seq(i + 1) };
  }),
);

const apply = (ledger: Ledger, c: Change): readonly Trade[] => {
  if (c.type === "order.filled") return applyFill(ledger, c);
  if (c.type === "account.split") applySplit(ledger, c);
  else if (c.type === "account.dividend") applyDividend(ledger, c);
  else mark(ledger, c.ticker, c.price);
  return [];
};

/** Half away from zero, in big integers: written apart from the ledger's own arithmetic. */
const rounded = (top: bigint, under: bigint): bigint => {
  const abs = top < 0n ? -top : top;
  const whole = (2n * abs + under) / (2n * under);
  return top < 0n ? -whole : whole;
};

/** What a change adds to cash, and what it makes of the shares held. */
const flow = (c: Change, held: bigint): bigint => {
  if (c.type === "order.filled")
    return -rounded(BigInt(c.px) * BigInt(signOf(c.side)) * BigInt(c.qty), 1_000_000n) - BigInt(c.commission);
  return c.type === "account.dividend" ? rounded(BigInt(c.perShare) * held, 1_000_000n) : 0n;
};
const heldAfter = (c: Change, held: bigint): bigint => {
  if (c.type === "order.filled") return held + BigInt(signOf(c.side)) * BigInt(c.qty);
  if (c.type !== "account.split" || held === 0n) return held;
  const after = rounded(held * BigInt(c.numerator), BigInt(c.denominator));
  return after !== 0n ? after : held < 0n ? -1n : 1n;
};

describe("the ledger, after any sequence of fills, splits, dividends and marks", () => {
  it("has exactly the cash that its flows leave, and the shares that its fills and splits make", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const ledger = openLedger(initial);
        let cash = BigInt(initial);
        const held = new Map(symbols.map((t) => [t, 0n]));
        for (const c of list) {
          const before = held.get(c.ticker) ?? 0n;
          cash += flow(c, before);
          held.set(c.ticker, heldAfter(c, before));
          apply(ledger, c);
        }
        expect(BigInt(ledger.cash)).toBe(cash);
        for (const s of symbols) expect(BigInt(ledger.positions.get(s)?.shares ?? 0)).toBe(held.get(s));
      }),
    );
  });

  it("balances: initial + trades + dividends − open fees = cash + open cost", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const ledger = openLedger(initial);
        let pnl = 0;
        for (const c of list) {
          for (const t of apply(ledger, c)) pnl += t.pnl;
          expect(imbalance(ledger)).toBe(0);
        }
        const open = [...ledger.positions.values()];
        const fees = open.reduce((sum, p) => sum + p.openFees, 0);
        const cost = open.reduce((sum, p) => sum + p.cost, 0);
        expect(initial + pnl + ledger.dividends - fees).toBe(ledger.cash + cost);
        expect(ledger.realised).toBe(pnl);
      }),
    );
  });

  it("is carried to a new account at its worth, and both accounts gain alike from there on", () => {
    fc.assert(
      fc.property(changes, changes, (list, more) => {
        const old = openLedger(initial);
        for (const c of list) apply(old, c);
        const carried = openLedger(old.cash);
        for (const p of everyBook(old)) if (p.shares !== 0) adopt(carried, accountAdopted(p, ms(1)));
        expect(imbalance(carried)).toBe(0);
        expect([equity(carried), grossExposure(carried), carried.openCount]).toEqual([
          equity(old),
          grossExposure(old),
          old.openCount,
        ]);
        // Prices of what is flat are not carried: from here on every ticker has one, the same in both.
        for (const s of symbols) for (const l of [old, carried]) mark(l, s, 10);
        for (const c of more) {
          const later = c.type === "order.filled" ? { ...c, fillId: `later ${c.fillId}` } : c;
          expect(apply(carried, later)).toEqual(apply(old, later));
          expect(imbalance(carried)).toBe(0);
        }
        expect([carried.cash, equity(carried)]).toEqual([old.cash, equity(old)]);
      }),
    );
  });

  it("leaves nothing behind in a flat position, and costs a short below zero", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const ledger = openLedger(initial);
        for (const c of list) {
          apply(ledger, c);
          const p = ledger.positions.get(c.ticker);
          if (p?.shares === 0) expect([p.cost, p.openFees, p.value]).toEqual([0, 0, 0]);
          else if (p && Math.abs(p.cost) > 1) expect(Math.sign(p.cost)).toBe(Math.sign(p.shares));
        }
        expect(ledger.openCount).toBe([...ledger.positions.values()].filter((p) => p.shares !== 0).length);
      }),
    );
  });

  it("changes nothing when every fill is reported twice", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const once = openLedger(initial);
        const twice = openLedger(initial);
        const trades = list.flatMap((c) => [...apply(once, c)]);
        const again = list.flatMap((c) =>
          c.type === "order.filled" ? [...apply(twice, c), ...apply(twice, c)] : [...apply(twice, c)],
        );
        for (const c of list) if (c.type === "order.filled") again.push(...apply(twice, c));
        expect(twice).toEqual(once);
        expect(again).toEqual(trades);
      }),
    );
  });

  it("keeps equity and exposure equal to a fresh valuation of what is held", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const ledger = openLedger(initial);
        for (const c of list) apply(ledger, c);
        let net = 0;
        let gross = 0;
        for (const p of ledger.positions.values()) {
          const value = p.shares === 0 ? 0 : p.mark === null ? p.cost : notional(toPx(p.mark), p.shares);
          net += value;
          gross += Math.abs(value);
        }
        expect(equity(ledger)).toBe(ledger.cash + net);
        expect(grossExposure(ledger)).toBe(gross);
      }),
    );
  });

  it("keeps its equity across a split at the adjusted price, but for the rounding of one µshare and one µUSD a share", () => {
    fc.assert(
      fc.property(
        changes,
        symbol,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1_000, max: 900_000 }),
        (list, s, numerator, denominator, cents) => {
          const ledger = openLedger(initial);
          for (const c of list) apply(ledger, c);
          for (const t of symbols) mark(ledger, t, cents / 1000);
          const before = equity(ledger);
          const costs = ledger.positions.get(s)?.cost;
          applySplit(ledger, { ...head, type: "account.split", ticker: s, numerator, denominator });
          const after = ledger.positions.get(s);
          const adjusted = (cents / 1000) * (denominator / numerator);
          const slack = adjusted + Math.abs(after?.shares ?? 0) / SCALE / 2 + 1;
          expect(Math.abs(equity(ledger) - before)).toBeLessThanOrEqual(slack);
          expect(after?.cost).toBe(costs);
        },
      ),
    );
  });
});
