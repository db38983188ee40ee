/** How often each kind of step, answer and outcome was reached. */
export class Counts {
  readonly by = new Map<string, number>();

  add(kind: string, times = 1): void {
    this.by.set(kind, (this.by.get(kind) ?? 0) + times);
  }

  addAll(others: Iterable<readonly [string, number]>): void {
    for (const [kind, times] of others) this.add(kind, times);
  }
}

const members = ["portfolio", "executor", "risk"];

/** What a whole run has to have reached, or it has not tested it. */
export const REQUIRED: readonly string[] = [
  ...["bar", "bar.gap", "bar.plenty", "bar.thin", "bar.unsaid", "moment", "moment.gap", "view"],
  ...["order.market", "order.limit", "order.stop", "order.cash", "order.unsized", "order.reduceOnly", "order.bracket"],
  ...["cancelAll", "replace", "pause", "resume", "kill", "kill.wholeAccount", "unkill"],
  ...["close", "close.wholeAccount", "closeAll", "closeAll.wholeAccount", "halt", "unhalt"],
  ...["stop", "pause", "resume", "restart"].flatMap((a) => [...members, "money"].map((m) => `actor.${a}.${m}`)),
  ...members.map((m) => `crash.${m}`),
  ...["split", "dividend", "nextDay", "silence", "reconcile", "adopted"],
  ...["accept", "fill", "partial", "fillAtGap", "cancel", "fillAfterCancel", "reject", "expire", "drop", "lookup"].map(
    (how) => `answer.${how}`,
  ),
  ...["approved", "resized", "denied"].map((outcome) => `verdict.${outcome}`),
  ...[
    "TRADING_HALTED",
    "TICKER_HALTED",
    "STALE_DATA",
    "POSITION_EXCEEDS_LIMIT",
    "GROSS_EXPOSURE_EXCEEDS_LIMIT",
    "TOO_MANY_POSITIONS",
    "DAILY_LOSS_EXCEEDS_LIMIT",
    "SHORT_NOT_ALLOWED",
    "BUYING_POWER_EXCEEDED",
    "OPPOSES_BOOK",
    "LIMIT_EXCEEDED",
    "CLOSING",
    "ORDER_TOO_SMALL",
  ].map((code) => `denial.${code}`),
  ...["limit.exceeded", "limit.restored", "trading.stopped", "order.replaced", "order.expired", "order.lost", "order.rejected"],
  ...["fill.whole", "fill.partial", "fill.leg", "fill.afterCancel", "fill.cash", "fill.whileKilled", "fill.beyondCollar"],
  ...["after.waited", "after.filled", "after.cancelled", "exit.again", "ended.killed", "ended.closed", "ended.trading"],
];
