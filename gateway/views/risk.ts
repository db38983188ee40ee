import type { Verdict } from "../../streams/domain/verdict.ts";
import type { RiskItem } from "../contract/items.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { NOTHING, type View } from "./view.ts";

export interface Risk {
  readonly view: View;
  verdict(e: Verdict): void;
  /** Something that limits depend on may have moved. */
  touch(): void;
}

/** Limits, halts and denials. `halted`: why nothing may be opened. `now` is the core's clock. */
export const risk = (money: Account, prices: Market, halted: () => string | null, now: () => number): Risk => {
  const denials: Record<string, number> = {};
  let dirty = true;
  const item = (): RiskItem => {
    const reason = halted();
    return {
      halted: reason !== null,
      reason,
      haltedTickers: [...prices.halted.keys()],
      limits: money.limits(),
      denials: { ...denials },
      at: now(),
    };
  };
  return {
    view: {
      items: () => [item()],
      drain: () => {
        if (!dirty) return NOTHING;
        dirty = false;
        return [{ key: "only", item: item() }];
      },
      discard: () => {
        dirty = false;
      },
    },
    verdict: (e) => {
      if (e.denial === null) return;
      denials[e.denial.code] = (denials[e.denial.code] ?? 0) + 1;
      dirty = true;
    },
    touch: () => {
      dirty = true;
    },
  };
};
