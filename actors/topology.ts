/** Where the actors live. The tree (runtime/tree.ts) puts them there; messages are addressed by these. */
export const PATHS = {
  portfolio: "deck/money/portfolio",
  executor: "deck/money/executor",
  risk: "deck/money/risk",
  ensemble: "deck/ideas/ensemble",
  learner: "deck/ideas/learner",
  sentiment: "deck/news/sentiment",
  tickers: "deck/market/tickers",
} as const;

/** Ports by name, for `perform`. `fallback`: the scorer that is always there, for headlines that the other one failed at. */
export const PORTS = { broker: "broker", scorer: "scorer", fallback: "scorer.fallback" } as const;

/** Who decides first at the end of a moment: views become targets, targets become orders, then orders that waited are sent. */
export const TURNS = { ensemble: 1, portfolio: 2, executor: 3 } as const;
