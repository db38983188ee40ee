import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BrokerReply } from "../../../../streams/domain/event.ts";
import {
  fill,
  isClosed,
  ORDER_TABLE,
  OrderStatus,
  orderAccepted,
  orderCancelled,
  orderExpired,
  orderRejected,
  orderSubmitted,
} from "../../../../streams/domain/order.ts";
import { money, ms, orderId, qty, SCALE, seq, ticker } from "../../../../streams/domain/units.ts";
import { cancelling, type OrderBook, settle, submitted } from "../../../../streams/execution/orders.ts";
import { count, order, usd } from "../../../support/orders.ts";

const AAPL = ticker("AAPL");
const id = orderId("o1");
const at = ms(1);
const cause = seq(1);
let fills = 0;
const replies: Readonly<Record<string, (filled: number, size: number) => BrokerReply>> = {
  accept: () => orderAccepted(AAPL, id, "b", at, cause),
  reject: () => orderRejected(AAPL, id, "NO", "no", at, cause),
  cancel: () => orderCancelled(AAPL, id, "asked", at, cause),
  expire: () => orderExpired(AAPL, id, at, cause),
  fill: (filled, size) => filledBy(size - filled, 0),
  partial: (filled, size) => filledBy(Math.min(SCALE, size - filled - SCALE), Math.max(SCALE, size - filled - SCALE)),
};
const filledBy = (size: number, leaves: number): BrokerReply =>
  fill({
    ticker: AAPL,
    orderId: id,
    fillId: `f${fills++}`,
    side: "buy",
    qty: qty(Math.max(0, size)),
    px: usd(1),
    commission: money(0),
    leaves: qty(leaves),
    tEvent: at,
    tSeen: at,
    cause,
  });

describe("an order's states", () => {
  for (const status of OrderStatus.options)
    it.each(Object.keys(replies))(`from ${status} on %s go where the table says, or nowhere`, (step) => {
      const book: OrderBook = new Map([[id, { order: order(), status, filled: qty(0) }]]);
      const to = ORDER_TABLE[status][step as keyof (typeof ORDER_TABLE)[typeof status]];
      const reply = replies[step]?.(0, 10 * SCALE);
      if (!reply) throw new Error(step);
      const settled = settle(book, reply);
      expect(settled).toBe(to === undefined ? "impossible" : isClosed(to) ? "closed" : "open");
      expect(book.get(id)?.status).toBe(to === undefined ? status : isClosed(to) ? undefined : to);
    });

  it("lead out of a closed one by no step", () => {
    for (const s of OrderStatus.options.filter(isClosed)) expect(ORDER_TABLE[s]).toEqual({});
  });

  it("close once, and never count more than was ordered, whatever the broker says", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(replies), "ask"), { maxLength: 30 }), (steps) => {
        const book: OrderBook = new Map();
        submitted(book, orderSubmitted(order({ qty: count(5) })));
        let closed = false;
        for (const step of steps) {
          const filled = book.get(id)?.filled ?? 0;
          if (step === "ask") {
            const pending = book.get(id)?.status === "pending_cancel";
            expect(cancelling(book, id)).toBe(!closed && !pending);
            continue;
          }
          const reply = replies[step]?.(filled, 5 * SCALE);
          const settled = reply ? settle(book, reply) : "unknown";
          if (closed) expect(settled).toBe("unknown");
          closed ||= settled === "closed";
          expect(book.has(id)).toBe(!closed);
          expect(book.get(id)?.filled ?? 0).toBeLessThanOrEqual(5 * SCALE);
        }
      }),
    );
  });
});
