import { type Attribution, attributed } from "./strategyGuard.ts";

/** A strategy of people's own failed outside of any message: in a promise, or in a callback of the process. */
export interface LateFault {
  readonly who: Attribution;
  readonly error: unknown;
}

/**
 * Hears of errors that nobody caught and that the code of a strategy led to. All others are thrown on, and end the process as ever.
 * @returns stops it.
 */
export const hearStrategyFaults = (hear: (fault: LateFault) => void): (() => void) => {
  const heard = (error: unknown): boolean => {
    const who = attributed();
    if (who === undefined) return false;
    hear({ who, error });
    return true;
  };
  const onRejection = (reason: unknown): void => {
    if (!heard(reason)) throw reason;
  };
  const onException = (error: unknown): void => {
    if (!heard(error)) throw error;
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
};
