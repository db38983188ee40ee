import { VirtualTimeScheduler } from "rxjs";

/** Time that stands still: for strategies that only follow their inputs. */
export const virtualScheduler = new VirtualTimeScheduler();
