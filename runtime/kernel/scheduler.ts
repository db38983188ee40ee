import { type SchedulerAction, type SchedulerLike, Subscription } from "rxjs";
import type { Ms } from "../../streams/domain/units.ts";
import { BudgetExceeded, MOST_TURNS_AT_ONCE } from "./budgets.ts";
import type { Cell, FlowLife } from "./cell.ts";
import type { Core } from "./core.ts";
import type { Timer } from "./timers.ts";

/** Work that an RxJS operator put off: a timer of the core, then a message to its flow. Ends with the flow's life. */
export class PutOff<T = unknown> extends Subscription implements SchedulerAction<T> {
  private readonly core: Core;
  private readonly cell: Cell;
  private readonly work: (this: SchedulerAction<T>, state?: T) => void;
  private state: T | undefined;
  private timer: Timer<Cell> | null = null;
  private readonly life: number;

  constructor(core: Core, cell: Cell, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.core = core;
    this.cell = cell;
    this.life = cell.life;
    this.work = work;
  }

  /** @param delay ms of the core's time; fractions and negative ones are rounded up to whole, zero or more. */
  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    if (this.timer !== null) this.core.timers.cancel(this.timer);
    this.state = state;
    const due = (this.core.now + Math.max(0, Math.ceil(delay))) as typeof this.core.now;
    this.timer = this.core.timers.set(due, "action", this.cell, this, this.core.cause);
    return this;
  }

  /** Nothing when the life that put it off is over. @throws BudgetExceeded when time does not go on for all the turns it is given. */
  run(): void {
    if (this.closed || this.cell.life !== this.life) return;
    this.timer = null;
    if (this.cell.flow !== null) countTurn(this.cell.flow, this.core.now);
    this.work.call(this, this.state as T);
  }

  override unsubscribe(): void {
    if (this.closed) return;
    if (this.timer !== null) this.core.timers.cancel(this.timer);
    this.timer = null;
    super.unsubscribe();
  }
}

const countTurn = (flow: FlowLife, now: Ms): void => {
  if (flow.putOffAt !== now) {
    flow.putOffAt = now;
    flow.putOffTurns = 0;
  }
  if (++flow.putOffTurns > MOST_TURNS_AT_ONCE)
    throw new BudgetExceeded(`its scheduler gave it more than ${MOST_TURNS_AT_ONCE} turns at one time, ${now} ms`);
};

/** RxJS's clock for one life of a flow: the core's. */
export const createScheduler = (core: Core, cell: Cell): SchedulerLike => {
  const life = cell.life;
  return {
    now: () => core.now,
    schedule<T>(work: (this: SchedulerAction<T>, state: T) => void, delay?: number, state?: T): Subscription {
      if (cell.flow === null || cell.life !== life) throw new Error(`${cell.place.path}: only a living flow can put work off`);
      return new PutOff<T>(core, cell, work as (this: SchedulerAction<T>, state?: T) => void).schedule(state, delay);
    },
  };
};
