/** Other text in a source: `find` is there exactly once. */
export interface Edit {
  /** From the root of the project. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A fault put back. */
export interface Mutant extends Edit {
  readonly name: string;
  /** Where a second line of defence has to fall too. */
  readonly also?: Edit;
  /** Interleavings after which it has survived, where the fault shows in few. Default 20,000. */
  readonly count?: number;
  /** Invariants that it may break. */
  readonly expects: readonly string[];
}

const CHECKS = "streams/risk/checks.ts";
const WORST = "streams/risk/worstCase.ts";
const FILLING = "streams/execution/filling.ts";
const DESK = "streams/execution/desk.ts";
const PORTFOLIO = "actors/portfolio.ts";
const STATE = "actors/portfolioState.ts";
const ACTING = "actors/portfolioActing.ts";
const EXECUTOR = "actors/executor.ts";
const CONTROLS = "streams/control/controls.ts";

const LIMITS = ["position-limit", "gross-limit", "buying-power"] as const;
const SHORTS = ["short-not-allowed", "short-held"] as const;
const HALTS = ["opens-while-halted", "not-withdrawn"] as const;
const FLAT = ["kill-flat", "kill-works", "close-flat"] as const;

const ofLimits: readonly Mutant[] = [
  {
    name: "exit-nets-entries",
    file: WORST,
    find: "if (signOf(order.side) === -Math.sign(now) && !isSecondLeg(claim, mine)) sides.exits += leaves;",
    replace: '(order.side === "sell" ? sides.buys : sides.sells).shares -= leaves;',
    expects: [...LIMITS, ...SHORTS],
  },
  {
    name: "far-buy-covers-a-sell",
    file: WORST,
    find: 'const against = side === "sell" ? sides.held : -sides.held;',
    replace: 'const against = side === "sell" ? sides.held + sides.buys.shares : sides.sells.shares - sides.held;',
    expects: [...LIMITS, ...SHORTS],
  },
  {
    name: "cash-not-reserved",
    file: WORST,
    find: "if (order.cashFraction !== null) return Math.max(0, ratio(valuing.equity, order.cashFraction));",
    replace: "if (order.cashFraction !== null) return 2_000_000;",
    expects: LIMITS,
  },
  {
    name: "judged-at-latest-price",
    file: WORST,
    find: "const worse = Math.max(order.limitPx ?? order.stopPx ?? 0, price ?? 0);",
    replace: "const worse = price ?? 0;",
    expects: LIMITS,
  },
  {
    name: "no-collar",
    file: WORST,
    find: "Math.round(worse * (1 + collar))",
    replace: "worse",
    expects: LIMITS,
  },
  {
    name: "opens-after-a-gap",
    file: CHECKS,
    find: "  exceeded === null\n    ? null",
    replace: "  exceeded === null || exceeded.value > 0\n    ? null",
    also: { file: EXECUTOR, find: "state.exceeded.size > 0 ?", replace: "state.exceeded.size < 0 ?" },
    expects: ["opens-past-limit"],
  },
  {
    name: "gap-not-told",
    file: STATE,
    find: "state.exceeded.filled(state.ledger, f).map(emit)",
    replace: "state.exceeded.filled(state.ledger, f).slice(0, 0).map(emit)",
    expects: ["not-told"],
  },
  {
    name: "short-not-checked",
    file: CHECKS,
    find: "  shortAllowed,\n",
    replace: "",
    expects: SHORTS,
  },
  {
    name: "fill-not-cut",
    file: FILLING,
    find: "if (order.reduceOnly) return most;",
    replace: "if (order.reduceOnly || most > 0) return most;",
    expects: ["money-exceeded"],
  },
  {
    name: "no-liquidation",
    file: STATE,
    find: "state.controls.killed === null && equity(state.ledger) <= 0",
    replace: "state.controls.killed === null && equity(state.ledger) <= Number.NEGATIVE_INFINITY",
    count: 100_000,
    expects: ["not-stopped"],
  },
];

const ofMoments: readonly Mutant[] = [
  {
    name: "after-ignored-by-exchange",
    file: DESK,
    find: "const never = order.after.length > 0 ?",
    replace: "const never = order.after.length > 1_000 ?",
    expects: ["after-ignored"],
  },
  {
    name: "after-ignored-by-executor",
    file: EXECUTOR,
    find: "if (!state.unanswered.outside || order.after.length === 0) return",
    replace: "if (order.after.length >= 0) return",
    expects: ["after-ignored", "open-positions"],
  },
  {
    name: "after-ignored-by-risk",
    file: "actors/risk.ts",
    find: "after: waits ? others : order.after",
    replace: "after: order.after",
    expects: [...LIMITS, "open-positions", "opposes-book"],
  },
  {
    name: "one-position-too-many",
    file: CHECKS,
    find: "standing.openPositions < limits.maxOpenPositions",
    replace: "standing.openPositions <= limits.maxOpenPositions",
    expects: ["open-positions"],
  },
  {
    name: "ensemble-sells-others-shares",
    file: "actors/proposing.ts",
    find: "const now = shares(sharesIn(account.ledger, BY, ticker) +",
    replace: "const now = shares((account.ledger.positions.get(ticker)?.shares ?? 0) +",
    expects: ["sells-others", "exit-opens"],
  },
  {
    name: "books-oppose",
    file: CHECKS,
    find: "  opposesNoBook,\n",
    replace: "",
    expects: ["opposes-book"],
  },
];

const ofControls: readonly Mutant[] = [
  {
    name: "second-press-cancels-exits",
    file: EXECUTOR,
    find: 'import { isLeaving } from "./working.ts";',
    replace: "const isLeaving = (o: Order): boolean => o.qty < 0;",
    expects: ["exit-withdrawn", ...FLAT],
  },
  {
    name: "kill-starts-nobody",
    file: "runtime/kernel/door.ts",
    find: "ENDS_TRADING.has(event.command.do)",
    replace: "ENDS_TRADING.size === 0",
    expects: FLAT,
  },
  {
    name: "pause-withdraws-nothing",
    file: EXECUTOR,
    find: "now !== null && before === null ? withdraw(state, mayOpen, now) : []",
    replace: "now !== null && before === null ? [] : []",
    expects: HALTS,
  },
  {
    name: "late-fill-stays-open",
    file: ACTING,
    find: "      leave(state, ticker, book, pressed, exits);",
    replace: "      if (pressed.since === context.now()) leave(state, ticker, book, pressed, exits);",
    expects: FLAT,
  },
  {
    name: "resume-ends-a-kill",
    file: CONTROLS,
    find: "        this.paused = null;\n",
    replace: "        this.paused = null;\n        this.killed = null;\n",
    expects: [...HALTS, ...FLAT],
  },
  {
    name: "closing-not-denied",
    file: CHECKS,
    find: "  notClosing,\n",
    replace: "",
    expects: [...HALTS, ...FLAT],
  },
  {
    name: "stopped-actor-pauses-nothing",
    file: CONTROLS,
    find: "before === undefined && this.needs(path)",
    replace: "before !== undefined && this.needs(path)",
    expects: HALTS,
  },
  {
    name: "works-for-ever",
    file: PORTFOLIO,
    find: "      if (!known.has(id)) effects.push(emit(orderLost(",
    replace: "      if (known.size < 0) effects.push(emit(orderLost(",
    expects: FLAT,
  },
  {
    name: "exit-not-tried-again",
    file: PORTFOLIO,
    find: 'if (closes) return order.reduceOnly && order.kind === "market" ? again(state, ticker) : soon(state);',
    replace: "if (closes) return [];",
    expects: FLAT,
  },
];

const ofExchange: readonly Mutant[] = [
  {
    name: "exit-turns",
    file: FILLING,
    find: "const wanted = r.order.reduceOnly ? Math.min(leavesOf(r), reducible) : leavesOf(r);",
    replace: "const wanted = leavesOf(r);",
    expects: ["exit-opens"],
  },
  {
    name: "fills-in-a-halt",
    file: DESK,
    find: "    listing.isHalted = halted;",
    replace: "    listing.isHalted = false;",
    expects: ["fills-in-halt"],
  },
  {
    name: "volume-without-end",
    file: DESK,
    find: "volumeShare === null ? Number.POSITIVE_INFINITY",
    replace: "volumeShare === null || volumeShare > 0 ? Number.POSITIVE_INFINITY",
    expects: ["volume-share"],
  },
  {
    name: "split-leaves-orders",
    file: DESK,
    find: "      r.order = splitOrder(r.order, factor);\n",
    replace: "",
    expects: ["overfill", "limit-worsened", "outside-bar"],
  },
  {
    name: "split-leaves-working-orders",
    file: PORTFOLIO,
    find: "        splitWorking(state.working, msg);\n",
    replace: "",
    expects: LIMITS,
  },
];

/** Every fault that these promises were made against, put back one at a time. */
export const MUTANTS: readonly Mutant[] = [...ofLimits, ...ofMoments, ...ofControls, ...ofExchange];
