import type { Order } from "../domain/order.ts";
import { type OrderId, orderId, type Px, type Qty } from "../domain/units.ts";

const leg = (parent: Order, suffix: "sl" | "tp", at: Px, filled: Qty): Order => ({
  ...parent,
  id: orderId(`${parent.id}.${suffix}`),
  side: parent.side === "buy" ? "sell" : "buy",
  kind: suffix === "sl" ? "stop" : "limit",
  qty: filled,
  cashFraction: null,
  limitPx: suffix === "tp" ? at : null,
  stopPx: suffix === "sl" ? at : null,
  tif: "gtc",
  bracket: null,
  reduceOnly: true,
  after: [],
});

/** The exits of an entry of which so much has filled: `ID.sl` and `ID.tp`. They cancel each other. */
export const legsOf = (order: Order, filled: Qty): readonly Order[] => {
  const { bracket } = order;
  if (bracket === null) return [];
  const legs: Order[] = [];
  if (bracket.stopLoss !== null) legs.push(leg(order, "sl", bracket.stopLoss, filled));
  if (bracket.takeProfit !== null) legs.push(leg(order, "tp", bracket.takeProfit, filled));
  return legs;
};

export const siblingOf = (id: OrderId): OrderId =>
  orderId(id.endsWith(".sl") ? `${id.slice(0, -3)}.tp` : `${id.slice(0, -3)}.sl`);
