import type { ListKind, ListQuery } from "../../actors/ports/store.ts";
import { cursorOf } from "../../runtime/mechanisms/cursor.ts";
import { BIG, COMMON, RARE, SHADOW, SHADOW_LATER_MS, SMALL, START, STEP_MS } from "./manyEvents.ts";

export const KINDS: readonly ListKind[] = ["orders", "fills", "trades", "signals", "verdicts", "news", "targets", "outcomes"];

/** Everything that can be asked of a list of a database that `fillManyEvents` filled with a big run of `events`. */
export const queriesOf = (events: number): Readonly<Record<string, ListQuery>> => {
  const at = (seq: number) => START + Math.floor(seq) * STEP_MS;
  const cursor = cursorOf({ tSeen: at(events / 3), seq: Math.floor(events / 3), runNo: 1 });
  const span = { from: at(events / 5), to: at(events / 4) };
  return {
    "first page": {},
    "500 rows": { limit: 500 },
    "deep page": { cursor },
    "a ticker": { ticker: COMMON },
    "a ticker, deep page": { ticker: COMMON, cursor },
    "a rare ticker": { ticker: RARE },
    "an unknown ticker": { ticker: "NONE" },
    "a stretch of time": span,
    "a ticker's stretch of time": { ...span, ticker: COMMON },
    "before all times": { to: START },
    "a run": { run: BIG },
    "a run, deep page": { run: BIG, cursor },
    "a run's stretch of time": { run: BIG, ...span },
    "a run's rare ticker": { run: BIG, ticker: RARE },
    "a small run": { run: SMALL },
    "a backtest, deep page": {
      run: SHADOW,
      cursor: cursorOf({ tSeen: at(events / 20) + SHADOW_LATER_MS, seq: Math.floor(events / 20), runNo: 1 }),
    },
  };
};
