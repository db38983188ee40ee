import type { EquityItem } from "../contract/items.ts";
import { NOTHING, type View } from "./view.ts";

const MOST = 2000;
const FIRST_STEP_MS = 60_000;

export interface EquityCurve extends View {
  /** Enough time has passed since the last point. */
  due(at: number): boolean;
  push(at: number, equity: number, benchmark: number | null): void;
  restart(): void;
}

/** A curve of at most 2,000 points, a minute apart to begin with: when it is full every second point goes, and the step doubles. */
export const equityCurve = (): EquityCurve => {
  let points: EquityItem[] = [];
  let stepMs = FIRST_STEP_MS;
  let nextAt = 0;
  let told = 0;
  let anew = false;
  const discard = (): void => {
    told = points.length;
    anew = false;
  };
  return {
    due: (at) => at >= nextAt,
    push: (at, equity, benchmark) => {
      points.push({ at, equity, benchmark });
      if (points.length >= MOST) {
        points = points.filter((_, i) => i % 2 === 0);
        stepMs *= 2;
        anew = true;
      }
      nextAt = at + stepMs;
    },
    restart: () => {
      points = [];
      stepMs = FIRST_STEP_MS;
      nextAt = 0;
      anew = true;
    },
    items: () => points,
    drain: () => {
      if (anew) {
        discard();
        return "reset";
      }
      if (told === points.length) return NOTHING;
      const changes = points.slice(told).map((item) => ({ key: String(item.at), item }));
      told = points.length;
      return changes;
    },
    discard,
  };
};
