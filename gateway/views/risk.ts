import type { ControlCommand } from "../../streams/domain/control.ts";
import type { Verdict } from "../../streams/domain/verdict.ts";
import type { RiskItem } from "../contract/items.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { NOTHING, type View } from "./view.ts";

export interface Risk {
  readonly view: View;
  verdict(e: Verdict): void;
  command(e: ControlCommand): void;
  /** Something that limits depend on may have moved. */
  touch(): void;
}

/** Limits, halts and denials. `now` is the core's clock. */
export const risk = (money: Account, prices: Market, now: () => number): Risk => {
  const denials: Record<string, number> = {};
  let reason: string | null = null;
  let halted = false;
  let dirty = true;
  const item = (): RiskItem => ({
    halted,
    reason,
    haltedTickers: [...prices.halted],
    limits: money.limits(),
    denials: { ...denials },
    at: now(),
  });
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
    command: ({ command }) => {
      dirty = true;
      if (command.do === "pause" || command.do === "kill") {
        halted = true;
        reason = command.do === "kill" ? `killed: ${command.reason}` : command.reason;
      } else if (command.do === "resume") {
        halted = false;
        reason = null;
      }
    },
    touch: () => {
      dirty = true;
    },
  };
};
