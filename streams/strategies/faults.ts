import { OrderKind, Side } from "../domain/order.ts";

/** Why what a strategy said cannot be taken: the first field that is wrong. */
export interface IntentFault {
  readonly field: string;
  /** As text, for people. */
  readonly value: string;
  readonly reason: string;
}

type Fields = Readonly<Record<string, unknown>>;

const LONGEST_VALUE = 60;

const textOf = (value: unknown): string => {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, LONGEST_VALUE));
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "bigint") return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
};

const fault = (field: string, value: unknown, reason: string): IntentFault => ({ field, value: textOf(value), reason });

const fieldsOf = (x: unknown): Fields | null => (typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Fields) : null);

/** False for NaN too. */
const isWithin = (x: unknown, least: number, most: number): boolean => typeof x === "number" && x >= least && x <= most;

const isAmount = (x: unknown): boolean => typeof x === "number" && Number.isSafeInteger(x) && x > 0;
const isAbsent = (x: unknown): boolean => x === undefined || x === null;

const isSeq = (x: unknown): boolean => typeof x === "number" && Number.isSafeInteger(x) && x >= 0;

/** What is wrong with a view; null for one that can be taken. */
export const viewFault = (said: unknown): IntentFault | null => {
  const view = fieldsOf(said);
  if (view === null) return fault("view", said, "a view has a score, a confidence, a reason and causes");
  if (!isWithin(view.score, -1, 1)) return fault("score", view.score, "a score is a number from -1 to 1");
  if (!isWithin(view.confidence, 0, 1)) return fault("confidence", view.confidence, "a confidence is a number from 0 to 1");
  if (typeof view.reason !== "string") return fault("reason", view.reason, "a reason is text");
  const { causes } = view;
  if (!Array.isArray(causes)) return fault("causes", causes, "causes are a list of the seq of bars and headlines");
  for (let i = 0; i < causes.length; i++)
    if (!isSeq(causes[i])) return fault(`causes.${i}`, causes[i], "a cause is the seq of a bar or headline");
  return null;
};

const priceFault = (field: string, value: unknown): IntentFault =>
  fault(field, value, "a price is a whole number of µUSD above zero; toPx makes one from USD");

/** A price that an order of one kind must have, and others must not. */
const ownPriceFault = (order: Fields, field: "limitPx" | "stopPx", kind: "limit" | "stop"): IntentFault | null => {
  const value = order[field];
  if (order.kind === kind) return isAmount(value) ? null : priceFault(field, value);
  return isAbsent(value) ? null : fault(field, value, `an order of kind ${order.kind} has none`);
};

const exitsFault = (exits: Fields, at: string): IntentFault | null => {
  for (const field of ["stopLoss", "takeProfit"])
    if (!isAbsent(exits[field]) && !isAmount(exits[field])) return priceFault(`${at}${field}`, exits[field]);
  return null;
};

const sizeFault = ({ qty, cashFraction }: Fields): IntentFault | null => {
  if (!isAbsent(qty) && !isAmount(qty))
    return fault("order.qty", qty, "a quantity is a whole number of µshares above zero, toQty makes one from shares, or null");
  if (cashFraction === undefined) return null;
  if (!isWithin(cashFraction, 0, 1) || cashFraction === 0)
    return fault("order.cashFraction", cashFraction, "a fraction of cash is above 0 and at most 1");
  return isAbsent(qty)
    ? null
    : fault("order.cashFraction", cashFraction, "an order is sized by qty or by cashFraction, not by both");
};

const orderFault = (said: unknown): IntentFault | null => {
  const order = fieldsOf(said);
  if (order === null) return fault("order", said, "an order has a side, a kind and a quantity");
  if (!Side.safeParse(order.side).success) return fault("order.side", order.side, "a side is buy or sell");
  if (!OrderKind.safeParse(order.kind).success) return fault("order.kind", order.kind, "a kind is market, limit or stop");
  const size = sizeFault(order);
  if (size !== null) return size;
  for (const [field, kind] of [["limitPx", "limit"] as const, ["stopPx", "stop"] as const]) {
    const found = ownPriceFault(order, field, kind);
    if (found !== null) return { ...found, field: `order.${field}` };
  }
  const { bracket, reduceOnly, reason } = order;
  if (!isAbsent(bracket)) {
    const exits = fieldsOf(bracket);
    if (exits === null) return fault("order.bracket", bracket, "a bracket has a stopLoss and a takeProfit");
    if (reduceOnly === true) return fault("order.bracket", bracket, "an exit opens nothing that a bracket could close");
    const found = exitsFault(exits, "order.bracket.");
    if (found !== null) return found;
  }
  if (!isAbsent(reduceOnly) && typeof reduceOnly !== "boolean")
    return fault("order.reduceOnly", reduceOnly, "reduceOnly is true or false");
  return isAbsent(reason) || typeof reason === "string" ? null : fault("order.reason", reason, "a reason is text");
};

/** What is wrong with what a strategy with orders of its own asks for; null for what can be taken. */
export const actionFault = (said: unknown): IntentFault | null => {
  const action = fieldsOf(said);
  if (action === null) return fault("do", said, "an action is { do: submit, cancelAll or replace }");
  switch (action.do) {
    case "cancelAll":
      return null;
    case "submit":
      return orderFault(action.order);
    case "replace":
      if (isAbsent(action.stopLoss) && isAbsent(action.takeProfit))
        return fault("stopLoss", action.stopLoss, "replace names a stopLoss, a takeProfit or both");
      return exitsFault(action, "");
    default:
      return fault("do", action.do, "an action is submit, cancelAll or replace");
  }
};
