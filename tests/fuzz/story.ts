import type { TapeEvent } from "../../streams/domain/event.ts";
import type { Order } from "../../streams/domain/order.ts";
import { MICROS } from "./amounts.ts";
import { type Names, play } from "./interleaving.ts";
import type { Plan } from "./plan.ts";
import { describe } from "./setup.ts";
import { shrunk } from "./shrink.ts";

const LINES = 40;

const orderLine = (o: Order): string =>
  [
    o.id,
    o.side,
    o.kind,
    o.cashFraction === null ? o.qty / MICROS : `${o.cashFraction} of cash`,
    o.limitPx === null ? "" : `limit ${o.limitPx / MICROS}`,
    o.stopPx === null ? "" : `stop ${o.stopPx / MICROS}`,
    o.reduceOnly ? "reduce only" : "",
    o.bracket === null ? "" : "bracket",
    o.after.length > 0 ? `after ${o.after.join(" ")}` : "",
  ]
    .filter((part) => part !== "")
    .join(" ");

/** An event in one line; null for those that only fill the page. */
const lineOf = (e: TapeEvent): string | null => {
  switch (e.type) {
    case "market.bar":
      return `bar ${e.ticker} ${e.open} ${e.high} ${e.low} ${e.close}, volume ${e.volume}`;
    case "order.submitted":
      return `submitted ${orderLine(e.order)}`;
    case "order.filled":
      return `filled ${e.orderId} ${e.side} ${e.qty / MICROS} at ${e.px / MICROS}, leaves ${e.leaves / MICROS}`;
    case "risk.verdict":
      return `${e.outcome} ${e.orderId} ${e.granted / MICROS} of ${e.asked / MICROS} ${JSON.stringify(e.denial)}`;
    case "control.command":
      return `command ${JSON.stringify(e.command)}`;
    case "signal.generated":
    case "trade.closed":
    case "learning.outcome":
      return null;
    default: {
      const { type, seq: _seq, v: _v, tEvent: _tEvent, tSeen: _tSeen, cause: _cause, ...rest } = e;
      return `${type} ${JSON.stringify(rest)}`;
    }
  }
};

/** What led to a violation: of the shortest interleaving that still does. */
export const story = (plan: Plan, ignored: Names): string => {
  const whole = play(plan, ignored);
  if (whole.violation === null) return `seed ${plan.seed}: nothing was found`;
  const short = shrunk(plan, whole.violation.name, ignored);
  const lines: string[] = [];
  const { violation } = play(short, ignored, {
    step: (step) => lines.push(`> ${JSON.stringify(step)}`),
    event: (e) => {
      const line = lineOf(e);
      if (line !== null) lines.push(`    ${e.seq} ${new Date(e.tSeen).toISOString().slice(8, 19)} ${line}`);
    },
  });
  return [
    `seed ${plan.seed}: ${violation?.name}: ${violation?.detail}`,
    describe(plan.setup),
    `${short.steps.length} of ${plan.steps.length} steps are enough, then ${plan.ending}:`,
    ...lines.slice(-LINES),
  ].join("\n");
};
