import type { Chance } from "./chance.ts";

export type Volume = "plenty" | "thin" | "unsaid";
type Action = "stop" | "pause" | "resume" | "restart";
export type Member = "portfolio" | "executor" | "risk";
export type Answer =
  | "accept"
  | "fill"
  | "partial"
  | "fillAtGap"
  | "cancel"
  | "fillAfterCancel"
  | "reject"
  | "expire"
  | "drop"
  | "lookup";

/** How one ticker's bar goes, as fractions of the price before. */
export interface Shape {
  /** From the last close to the open. */
  readonly jump: number;
  /** From the open to the close. */
  readonly drift: number;
  /** Beyond open and close, up and down. */
  readonly up: number;
  readonly down: number;
  readonly volume: Volume;
}

export interface OrderStep {
  readonly do: "order";
  /** Which of the two strategies with orders of their own. */
  readonly by: number;
  readonly ticker: number;
  readonly side: "buy" | "sell";
  readonly kind: "market" | "limit" | "stop";
  /** Fraction of equity. "sizing": no quantity is said. */
  readonly size: number | "sizing";
  /** Of the price: where limit and stop are. */
  readonly at: number;
  readonly cashFraction: number | null;
  readonly reduceOnly: boolean;
  /** Distances of a bracket's legs, fractions of the price; null without one. */
  readonly bracket: { readonly stop: number | null; readonly take: number | null } | null;
}

/** One step of an interleaving, complete: nothing is drawn when it is played, so that steps can be left out. Tickers by number. */
export type Step =
  | { readonly do: "bar"; readonly ticker: number; readonly shape: Shape }
  | { readonly do: "moment"; readonly shapes: readonly Shape[] }
  | { readonly do: "view"; readonly by: number; readonly ticker: number; readonly score: number }
  | OrderStep
  | { readonly do: "cancelAll"; readonly by: number; readonly ticker: number }
  | {
      readonly do: "replace";
      readonly by: number;
      readonly ticker: number;
      readonly stop: number | null;
      readonly take: number | null;
    }
  | { readonly do: "pause" | "resume" | "unkill" | "reconcile" | "nextDay" }
  | { readonly do: "kill" | "closeAll"; readonly whole: boolean }
  | { readonly do: "close"; readonly ticker: number; readonly whole: boolean }
  | { readonly do: "halt" | "unhalt"; readonly ticker: number }
  | { readonly do: "actor"; readonly target: Member | "money"; readonly action: Action }
  | { readonly do: "crash"; readonly target: Member }
  | { readonly do: "split"; readonly ticker: number; readonly numerator: number; readonly denominator: number }
  | { readonly do: "dividend"; readonly ticker: number; readonly fraction: number }
  | { readonly do: "silence"; readonly minutes: number }
  | { readonly do: "answer"; readonly how: Answer; readonly which: number; readonly jump: number };
type Kind = Step["do"];

const MEMBERS: readonly Member[] = ["portfolio", "executor", "risk"];
const TARGETS = [...MEMBERS, "money"] as const;

const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ["bar", 20],
  ["moment", 17],
  ["view", 13],
  ["order", 21],
  ["cancelAll", 2.5],
  ["replace", 2],
  ["pause", 2],
  ["resume", 5],
  ["kill", 1.2],
  ["unkill", 4],
  ["close", 2],
  ["closeAll", 1],
  ["halt", 1.5],
  ["unhalt", 3],
  ["actor", 6],
  ["crash", 0.7],
  ["split", 0.8],
  ["dividend", 0.4],
  ["nextDay", 1],
  ["silence", 1],
];
const OUTSIDE_WEIGHTS: typeof WEIGHTS = [...WEIGHTS, ["answer", 55], ["reconcile", 1.5]];

const ANSWERS: readonly (readonly [Answer, number])[] = [
  ["accept", 12],
  ["fill", 12],
  ["partial", 6],
  ["fillAtGap", 4],
  ["cancel", 5],
  ["fillAfterCancel", 3],
  ["reject", 2],
  ["expire", 1],
  ["drop", 1],
  ["lookup", 4],
];

const drawShape = (chance: Chance): Shape => {
  const isGap = chance.hit(0.2);
  const wild = chance.hit(0.1) ? 0.3 : 0.02;
  return {
    jump: isGap ? chance.sign() * chance.between(0.05, 0.6) : chance.hit(0.5) ? 0 : chance.between(-0.01, 0.01),
    drift: chance.between(-wild, wild),
    up: chance.unit() * wild,
    down: chance.unit() * wild,
    volume: chance.weighted([
      ["plenty", 6],
      ["thin", 3],
      ["unsaid", 1],
    ]),
  };
};

const drawOrder = (chance: Chance, tickers: number): OrderStep => {
  const kind = chance.weighted([
    ["market", 5],
    ["limit", 3],
    ["stop", 2],
  ] as const);
  const far = chance.hit(0.25) ? chance.pick([0.3, 0.5, 2, 3]) : chance.between(0.95, 1.05);
  const isReduceOnly = chance.hit(0.15);
  const isCash = !isReduceOnly && kind === "market" && chance.hit(0.15);
  return {
    do: "order",
    by: chance.below(2),
    ticker: chance.below(tickers),
    side: chance.hit(0.6) ? "buy" : "sell",
    kind,
    size: chance.hit(0.1) ? "sizing" : chance.pick([0.02, 0.1, 0.1, 0.18, 0.3, 0.8, 1.8]),
    at: far,
    cashFraction: isCash ? chance.pick([0.05, 0.2, 0.5, 0.9]) : null,
    reduceOnly: isReduceOnly,
    bracket:
      !isReduceOnly && chance.hit(0.25)
        ? { stop: chance.hit(0.8) ? chance.between(0.005, 0.1) : null, take: chance.hit(0.8) ? chance.between(0.005, 0.1) : null }
        : null,
  };
};

const drawActor = (chance: Chance): Step => ({
  do: "actor",
  target: chance.pick(TARGETS),
  action: chance.weighted([
    ["stop", 3],
    ["pause", 3],
    ["resume", 4],
    ["restart", 5],
  ]),
});

const drawOne = (chance: Chance, kind: Kind, tickers: number): Step => {
  const ticker = chance.below(tickers);
  const by = chance.below(2);
  switch (kind) {
    case "bar":
      return { do: kind, ticker, shape: drawShape(chance) };
    case "moment":
      return { do: kind, shapes: Array.from({ length: tickers }, () => drawShape(chance)) };
    case "view":
      return { do: kind, by, ticker, score: chance.pick([-1, -0.5, 0, 0.5, 1, 1]) };
    case "order":
      return drawOrder(chance, tickers);
    case "cancelAll":
      return { do: kind, by, ticker };
    case "replace":
      return {
        do: kind,
        by,
        ticker,
        stop: chance.hit(0.7) ? chance.between(0.005, 0.1) : null,
        take: chance.between(0.005, 0.1),
      };
    case "kill":
    case "closeAll":
      return { do: kind, whole: chance.hit(0.2) };
    case "close":
      return { do: kind, ticker, whole: chance.hit(0.2) };
    case "halt":
    case "unhalt":
      return { do: kind, ticker };
    case "actor":
      return drawActor(chance);
    case "crash":
      return { do: kind, target: chance.pick(MEMBERS) };
    case "split": {
      const [numerator, denominator] = chance.pick([
        [2, 1],
        [3, 2],
        [1, 2],
        [10, 1],
      ] as const);
      return { do: kind, ticker, numerator, denominator };
    }
    case "dividend":
      return { do: kind, ticker, fraction: chance.between(0.001, 0.02) };
    case "silence":
      return { do: kind, minutes: chance.pick([2, 14, 18, 40]) };
    case "answer":
      return { do: kind, how: chance.weighted(ANSWERS), which: chance.unit(), jump: chance.sign() * chance.between(0.05, 0.6) };
    default:
      return { do: kind };
  }
};

/** @param least steps at least, up to a fifth more. With a broker outside half as many more: its answers are steps. */
export const drawSteps = (chance: Chance, tickers: number, outside: boolean, least: number): Step[] => {
  const count = Math.floor((outside ? 1.5 : 1) * least) + chance.below(least / 5);
  const weights = outside ? OUTSIDE_WEIGHTS : WEIGHTS;
  return Array.from({ length: count }, () => drawOne(chance, chance.weighted(weights), tickers));
};

/** The kinds of a step, for the count of what was reached. */
export const kindsOf = (step: Step): readonly string[] => {
  switch (step.do) {
    case "bar":
      return [`bar.${step.shape.volume}`, Math.abs(step.shape.jump) >= 0.05 ? "bar.gap" : "bar"];
    case "moment":
      return ["moment", ...(step.shapes.some((s) => Math.abs(s.jump) >= 0.05) ? ["moment.gap"] : [])];
    case "order":
      return [
        `order.${step.kind}`,
        ...(step.cashFraction !== null ? ["order.cash"] : []),
        ...(step.size === "sizing" ? ["order.unsized"] : []),
        ...(step.reduceOnly ? ["order.reduceOnly"] : []),
        ...(step.bracket ? ["order.bracket"] : []),
      ];
    case "actor":
      return [`actor.${step.action}.${step.target}`];
    case "crash":
      return [`crash.${step.target}`];
    case "kill":
    case "closeAll":
    case "close":
      return [step.whole ? `${step.do}.wholeAccount` : step.do];
    case "answer":
      return [`answer.${step.how}`];
    default:
      return [step.do];
  }
};
