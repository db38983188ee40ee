import type { InputEvent } from "../../streams/domain/event.ts";
import type { Order } from "../../streams/domain/order.ts";
import { MICROS } from "./amounts.ts";
import type { Answer } from "./steps.ts";

/** An order, as the broker outside keeps it. */
export interface Line {
  readonly order: Order;
  /** The entry of a bracket leg. */
  readonly group: string | null;
  isAccepted: boolean;
  isOpen: boolean;
  leaves: number;
  filled: number;
  limitPx: number | null;
  stopPx: number | null;
  bracket: Order["bracket"];
  cancelAsked: boolean;
  /** Everything it was told of, to tell it again. */
  readonly said: InputEvent[];
}

/** Whether an answer may be about an order. */
export const fits = (how: Answer, line: Line): boolean => {
  switch (how) {
    case "accept":
      return !line.isAccepted;
    case "reject":
    case "drop":
      return !line.isAccepted && line.filled === 0 && line.group === null;
    case "cancel":
    case "fillAfterCancel":
      return line.cancelAsked;
    case "partial":
      return line.leaves >= 2 * MICROS;
    default:
      return true;
  }
};
