import type { ControlItem } from "../../../gateway/contract/controlItems.ts";
import { day, minute, money, shares, weekday } from "../format.ts";

type Killed = NonNullable<ControlItem["killed"]>;

/** "14:02", or "Mon 14:02" when it is another day than `now`. @param at epoch ms. */
const clockOn = (at: number, now: number): string => (day(at) === day(now) ? minute(at) : `${weekday(at)} ${minute(at)}`);
const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
const stopless = (sentence: string): string => sentence.replace(/[.\s]+$/, "");

/** "Killed by ana at 14:02: smoke." @param now the core's clock. */
export const pressedText = (what: string, p: { since: number; by: string; reason: string }, now: number): string =>
  `${what} by ${p.by} at ${clockOn(p.since, now)}: ${stopless(p.reason)}.`;

/** How far a kill has come, and what the rest waits for. */
export const leftText = (killed: Killed, opensAt: number | null, now: number): string => {
  const { left, orders, positions } = killed;
  if (left === 0)
    return orders === 0 ? "Flat." : `No position left; ${plural(orders, "order is", "orders are")} being withdrawn.`;
  const counted = `${plural(left, "position", "positions")} left`;
  if (opensAt !== null) return `${counted}, waiting for the open at ${clockOn(opensAt, now)} New York.`;
  const [first] = positions;
  const more = left > 1 ? `; ${left - 1} more` : "";
  if (!first?.waitsFor) return `${counted}.`;
  const named = first.waitsFor.startsWith(`${first.ticker} `) ? first.waitsFor : `${first.ticker}: ${first.waitsFor}`;
  return `${counted}. ${named}${more}.`;
};

/** What every position of a kill waits for, a line each. */
export const leftLines = (killed: Killed): string =>
  killed.positions.map((p) => `${p.ticker} ${shares(p.shares)}: ${p.waitsFor ?? "closed"}`).join("\n");

/**
 * What a ticker that is being closed waits for, by its own closing or by a kill; null when it is not being closed.
 * @param now the core's clock.
 */
export const closingOf = (control: ControlItem | null, ticker: string, now: number): string | null => {
  const one = control?.closing.find((c) => c.ticker === ticker) ?? control?.killed?.positions.find((p) => p.ticker === ticker);
  if (one === undefined) return null;
  const opensAt = control?.opensAt ?? null;
  return opensAt === null ? (one.waitsFor ?? "closing") : `waiting for the open at ${clockOn(opensAt, now)} New York`;
};

/** "AAPL is past the position limit: 21,000.00 of 20,000.00 USD." */
export const exceededText = (e: ControlItem["exceeded"][number]): string =>
  e.limit === "position"
    ? `${e.ticker} is past the position limit: ${money(e.value)} of ${money(e.most)} USD.`
    : `The account is past the ${e.limit} limit since a fill of ${e.ticker}: ${money(e.value)} of ${money(e.most)} USD.`;
