import { toDecimal } from "../../streams/domain/units.ts";
import { equity, imbalance } from "../../streams/portfolio/ledger.ts";
import { DECISIONS_HASH_VERSION } from "../core/decisions.ts";
import type { LiveRun } from "./liveRun.ts";

export interface UpSummary {
  readonly entries: number;
  readonly bars: number;
  readonly fills: number;
  readonly cash: string;
  readonly equity: string;
  /** 0, or the ledger is wrong. */
  readonly imbalance: string;
  readonly decisionsHash: string;
  readonly decisionsHashVersion: number;
}

/** The books at the end, for people and for tests: amounts as decimal strings. */
export const summaryOf = ({ core }: LiveRun): UpSummary => {
  const { ledger, fills, bars } = core.collector;
  return {
    entries: core.door.tail,
    bars,
    fills,
    cash: toDecimal(ledger.cash),
    equity: toDecimal(equity(ledger)),
    imbalance: toDecimal(imbalance(ledger)),
    decisionsHash: core.hash.hex(),
    decisionsHashVersion: DECISIONS_HASH_VERSION,
  };
};
