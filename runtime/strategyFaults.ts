import { type Attribution, attributed } from "./strategyGuard.ts";

/** A strategy of people's own failed outside of any message: in a promise, or in a callback of the process. */
export interface LateFault {
  readonly who: Attribution;
  readonly error: unknown;
}

interface Hearer {
  readonly hear: (fault: LateFault) => void;
  readonly others: "throw" | "leave";
}

const hearers = new Set<Hearer>();

const heard = (error: unknown): boolean => {
  const who = attributed();
  if (who === undefined) return false;
  for (const { hear } of hearers) hear({ who, error });
  return true;
};
const onRejection = (reason: unknown): void => {
  if (!heard(reason)) throw reason;
};
const onException = (error: unknown): void => {
  if (!heard(error) && ![...hearers].some(({ others }) => others === "leave")) throw error;
};

/**
 * Hears of errors that nobody caught and that the code of a strategy led to.
 * @param others what becomes of the others: thrown on, so that they end the process, or left to who hears of uncaught exceptions besides.
 * @returns stops it.
 */
export const hearStrategyFaults = (hear: (fault: LateFault) => void, others: "throw" | "leave" = "throw"): (() => void) => {
  const hearer: Hearer = { hear, others };
  if (hearers.size === 0) {
    process.on("unhandledRejection", onRejection);
    process.on("uncaughtException", onException);
  }
  hearers.add(hearer);
  return () => {
    hearers.delete(hearer);
    if (hearers.size > 0) return;
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
};
