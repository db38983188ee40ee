import { ignoreElements, merge, type Observable, tap } from "rxjs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { idOf } from "../../../actors/orderIds.ts";
import { strategyActor } from "../../../actors/strategy.ts";
import type { TapeEvent } from "../../../streams/domain/event.ts";
import { fill, orderCancelled, orderExpired, orderLost, orderRejected } from "../../../streams/domain/order.ts";
import { accountAdopted } from "../../../streams/domain/portfolio.ts";
import { money, ms, orderId, qty, SCALE, seq, shares, ticker } from "../../../streams/domain/units.ts";
import { type Denial, verdict } from "../../../streams/domain/verdict.ts";
import {
  bind,
  defineStrategy,
  type Holding,
  type OrderAction,
  type OrderNews,
  type StrategyInputs,
  type View,
} from "../../../streams/strategies/define.ts";
import { rig } from "../../support/kernelRig.ts";
import { count, usd } from "../../support/orders.ts";

const AAPL = ticker("AAPL");
const MSFT = ticker("MSFT");
const head = { seq: seq(0), v: 1 as const, tEvent: ms(90), tSeen: ms(90), cause: seq(0) };
let n = 0;
const filled = (id: string, side: "buy" | "sell", size: number, leaves = 0, at = 1, of = AAPL): TapeEvent =>
  fill({
    ticker: of,
    orderId: orderId(id),
    fillId: `f${++n}`,
    side,
    qty: count(size),
    px: usd(100),
    commission: money(0),
    leaves: count(leaves),
    tEvent: ms(at),
    tSeen: ms(at),
    cause: seq(0),
  });
const adopted = (book: string, size: number): TapeEvent =>
  accountAdopted(
    {
      ticker: AAPL,
      shares: shares(size * SCALE),
      cost: money(0),
      openFees: money(0),
      openedAt: ms(77),
      openedBy: orderId("old"),
      mark: null,
      book,
    },
    ms(80),
  );

/** One strategy on AAPL that writes down what it is told. */
const watching = (kind: "signals" | "orders", name = "dip-buyer", tape: TapeEvent[] = []) => {
  const held: Holding[] = [];
  const news: OrderNews[] = [];
  const nothing = ({ position$, orders$ }: StrategyInputs): Observable<never> =>
    merge(position$.pipe(tap((h) => void held.push(h))), orders$.pipe(tap((o) => void news.push(o)))).pipe(ignoreElements());
  const made =
    kind === "signals"
      ? defineStrategy({ name, params: z.object({}), signals: (i): Observable<View> => nothing(i) })
      : defineStrategy({ name, params: z.object({}), orders: (i): Observable<OrderAction> => nothing(i) });
  const r = rig(strategyActor(bind(made, {}, 1), AAPL), { tape });
  r.kernel.drain();
  return {
    tell: (...events: TapeEvent[]) => {
      for (const e of events) r.kernel.deliver({ ...e, seq: seq(++n) });
      r.kernel.drain();
    },
    holds: () => held.map((h) => [h.shares / SCALE, h.since]),
    last: () => [(held.at(-1)?.shares ?? 0) / SCALE, held.at(-1)?.since],
    news,
  };
};

const judged = (id: string, outcome: "approved" | "resized" | "denied", denial: Denial | null = null): TapeEvent =>
  verdict({ ticker: AAPL, orderId: orderId(id), outcome, asked: count(10), granted: qty(0), denial });

describe("what a strategy is told that it holds", () => {
  it("is its own book's, when it has orders of its own", () => {
    const own = watching("orders", "dip");
    own.tell(
      filled("r-dip-AAPL-1", "buy", 10, 0, 5),
      filled("r-ensemble-AAPL-2", "buy", 7),
      filled("web", "sell", 3),
      filled("r-dip-MSFT-1", "buy", 4, 0, 6, MSFT),
      filled("r-dip-AAPL-1.sl", "sell", 4, 6, 8),
    );
    expect(own.holds()).toEqual([
      [0, null],
      [10, 5],
      [6, 5],
    ]);
  });

  it("is the ensemble's, when it has views", () => {
    const views = watching("signals", "dip");
    views.tell(filled("r-dip-AAPL-1", "buy", 10), filled("r-ensemble-AAPL-2", "sell", 7, 0, 9));
    expect(views.last()).toEqual([-7, 9]);
  });

  it("is found by the name that a book has in ids", () => {
    const own = watching("orders", "dip-buyer");
    own.tell(filled("r-dip_buyer-AAPL-1", "buy", 10));
    expect(own.last()).toEqual([0, null]);
    own.tell(filled(idOf("r", "dip-buyer", AAPL, 2), "buy", 3, 0, 4));
    expect(own.last()).toEqual([3, 4]);
  });

  it("begins anew when it turns to the other side, and is none when it is flat", () => {
    const own = watching("orders", "dip");
    own.tell(filled("r-dip-AAPL-1", "buy", 10, 0, 5), filled("r-dip-AAPL-2", "sell", 15, 0, 6));
    expect(own.last()).toEqual([-5, 6]);
    own.tell(filled("r-dip-AAPL-3", "buy", 5, 0, 7));
    expect(own.last()).toEqual([0, null]);
  });

  it("begins with what an earlier run left its book, and nothing of another's", () => {
    const own = watching("orders", "dip");
    own.tell(adopted("account", 50), adopted("ensemble", 5), adopted("dip", 8));
    expect(own.holds()).toEqual([
      [0, null],
      [8, 77],
    ]);
    own.tell({ ...head, type: "account.split", ticker: AAPL, numerator: 4, denominator: 1 });
    expect(own.last()).toEqual([32, 77]);
  });

  it("is told again to a new life", () => {
    const before = [adopted("dip", 8), filled("r-dip-AAPL-9", "buy", 2)].map((e) => ({ ...e, seq: seq(++n) }));
    expect(watching("orders", "dip", before).last()).toEqual([10, 77]);
  });
});

describe("what a strategy is told of its orders", () => {
  const denial: Denial = { code: "OPPOSES_BOOK", book: "ensemble" };

  it("is that they were denied or cut, and why, and what became of them", () => {
    const own = watching("orders", "dip");
    own.tell(
      judged("r-dip-AAPL-1", "denied", denial),
      judged("r-dip-AAPL-2", "resized", denial),
      judged("r-dip-AAPL-3", "approved"),
      filled("r-dip-AAPL-2", "buy", 4, 6),
      filled("r-dip-AAPL-2", "buy", 6),
      filled("r-dip-AAPL-2.tp", "sell", 10),
      orderCancelled(AAPL, orderId("r-dip-AAPL-2.sl"), "its sibling filled", ms(1), seq(0)),
      orderRejected(AAPL, orderId("r-dip-AAPL-3"), "NO", "not today", ms(1), seq(0)),
      orderExpired(AAPL, orderId("r-dip-AAPL-4"), ms(1), seq(0)),
      orderLost(AAPL, orderId("r-dip-AAPL-5"), "never answered"),
    );
    expect(
      own.news.map((o) => `${(o.orderId ?? "").slice("r-dip-AAPL-".length)} ${o.is} ${o.filled / SCALE} ${o.reason}`.trim()),
    ).toEqual([
      "1 denied 0 OPPOSES_BOOK",
      "2 resized 0 OPPOSES_BOOK",
      "2 partially_filled 4",
      "2 filled 6",
      "2.tp filled 10",
      "2.sl cancelled 0 its sibling filled",
      "3 rejected 0 NO: not today",
      "4 expired 0 its day is over",
      "5 lost 0 never answered",
    ]);
    expect(own.news[0]?.denial).toEqual(denial);
  });

  it("is nothing of others' orders", () => {
    const own = watching("orders", "dip");
    own.tell(
      judged("r-ensemble-AAPL-1", "denied", denial),
      filled("web", "buy", 1),
      orderLost(AAPL, orderId("r-dop-AAPL-5"), ""),
    );
    expect(own.news).toEqual([]);
  });
});
