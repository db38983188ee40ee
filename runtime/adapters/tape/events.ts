import type { TapeEvent } from "../../../streams/domain/event.ts";
import { KIND } from "./frame.ts";
import { BAR_COLUMNS, QUOTE_COLUMNS, type SlabBytes, type TickerNames, takeBars, takeQuotes } from "./slab.ts";
import { fromWire } from "./wire.ts";

/** A frame whose checksums were found right, in the bytes it was read from. */
export interface CheckedFrame extends SlabBytes {
  readonly kind: number;
  /** Payload bytes, padding included. */
  readonly length: number;
}

/** A frame's payload is intact and yet not what its head says: whoever wrote it was at fault. */
export class FrameMismatch extends Error {
  constructor() {
    super("a frame does not hold what its head says");
    this.name = "FrameMismatch";
  }
}

/** Puts the frame's events into `into` from index `from` on. @throws FrameMismatch, UnknownEvent */
export const takeEvents = (frame: CheckedFrame, names: TickerNames, into: TapeEvent[], from: number): void => {
  if (frame.kind === KIND.bars) takeBars(frame, BAR_COLUMNS, names, into, from);
  else if (frame.kind === KIND.quotes) takeQuotes(frame, QUOTE_COLUMNS, names, into, from);
  else {
    const entries: unknown = JSON.parse(frame.bytes.toString("utf8", frame.offset, frame.offset + frame.length));
    if (!Array.isArray(entries) || entries.length !== frame.count) throw new FrameMismatch();
    for (let i = 0; i < entries.length; i++) into[from + i] = fromWire(entries[i]);
  }
};
